//! More images from those that there are: the same, moved by a few pixels.

use spikeforge_sim::random::SplitMix64;

use crate::Samples;

impl Samples {
    /// Some of the images, each moved by up to `reach` pixels down or up and left or right by chance, all its frames by the
    /// same; what comes in at a border is 0. Samples that are no images, of fewer than two dimensions, stay.
    pub fn moved(&self, numbers: &[usize], reach: usize, random: &mut SplitMix64) -> Self {
        let mut chosen = self.select(numbers);
        let &[.., height, width] = self.shape() else { return chosen };
        let reach = i64::try_from(reach.min(height.max(width))).unwrap_or(0);
        let mut offset = || isize::try_from(random.within(-reach, reach)).unwrap_or(0);
        let n_features: usize = self.shape().iter().product();
        for image in chosen.pixels.chunks_exact_mut(n_features.max(1)) {
            let by = (offset(), offset());
            image.chunks_exact_mut((height * width).max(1)).for_each(|frame| move_frame(frame, width, by));
        }
        chosen
    }
}

fn move_frame(frame: &mut [u8], width: usize, (down, right): (isize, isize)) {
    let still = frame.to_vec();
    for (place, pixel) in frame.iter_mut().enumerate() {
        let row = (place / width).checked_add_signed(-down);
        let column = (place % width).checked_add_signed(-right).filter(|&column| column < width);
        let from = row.zip(column).and_then(|(row, column)| still.get(row * width + column));
        *pixel = from.copied().unwrap_or(0);
    }
}

#[cfg(test)]
mod tests {
    use super::{move_frame, SplitMix64};
    use crate::Samples;

    #[test]
    fn a_frame_moves_and_its_borders_are_empty() {
        let frame = [1, 2, 3, 4, 5, 6];
        let moved = |by| {
            let mut moved = frame;
            move_frame(&mut moved, 3, by);
            moved
        };
        assert_eq!(moved((0, 0)), frame);
        assert_eq!(moved((1, 0)), [0, 0, 0, 1, 2, 3]);
        assert_eq!(moved((-1, 0)), [4, 5, 6, 0, 0, 0]);
        assert_eq!(moved((0, 1)), [0, 1, 2, 0, 4, 5]);
        assert_eq!(moved((1, -2)), [0, 0, 0, 3, 0, 0]);
        assert_eq!(moved((2, 3)), [0; 6]);
    }

    #[test]
    fn every_offset_is_drawn_and_all_frames_of_a_sample_move_by_it() {
        let mut pixels = vec![0; 2 * 25];
        (pixels[12], pixels[25 + 12]) = (7, 9);
        let one = Samples::new(pixels, vec![2, 5, 5], vec![0], 1).expect("a sample");
        let moved = one.moved(&[0; 400], 1, &mut SplitMix64::new(3));
        let mut places: Vec<usize> = (0..400).filter_map(|i| moved.image(i).iter().position(|&pixel| pixel == 7)).collect();
        assert!((0..400).zip(&places).all(|(i, place)| moved.image(i)[25 + place] == 9));
        places.sort_unstable();
        places.dedup();
        assert_eq!(places, [6, 7, 8, 11, 12, 13, 16, 17, 18]);
    }
}
