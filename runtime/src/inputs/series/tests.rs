use std::path::Path;

use super::Series;

const HEADER: &str = "#by hand\r\n@problemName x\r\n@timeStamps false\r\n@classLabel true short long\r\n@data\r\n";

fn read(text: &str) -> Result<Series, String> {
    Series::of_bytes(Path::new("x.ts"), text.as_bytes()).map_err(|error| error.to_string())
}

#[test]
fn recordings_are_read_by_channels_and_labelled() {
    let series = read(&format!("{HEADER}1,2,3.5:-4,5e-1,6:long\r\n\r\n7,8,9:10,11,12:short")).expect("two recordings");
    assert_eq!((series.n_channels(), series.n_values(), series.labels.as_slice()), (2, 3, [1, 0].as_slice()));
    assert_eq!((series.channel(0, 1), series.channel(1, 0)), ([-4.0, 0.5, 6.0].as_slice(), [7.0, 8.0, 9.0].as_slice()));
}

/// Two channels of five values in two windows: 2 and 3 values, about medians of 3 and 40.
#[test]
fn windows_are_bytes_about_the_median() {
    let series = read(&format!("{HEADER}1,2,3,4,5:40,0,9000,40,40:long")).expect("a recording");
    let images = series.windows(2, 0.5).expect("two windows");
    assert_eq!((images.shape, images.pixels), (vec![2, 2], vec![125, 88, 130, 255]));
    let refusal = series.windows(6, 0.5).expect_err("too many").to_string();
    assert_eq!(refusal, "recordings of 5 values cannot be cut into 6 windows; take 1 to 5");
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    let below = |lines: &str| format!("{HEADER}{lines}");
    let cases = [
        ("".to_owned(), "there is no line @data"),
        ("PK\u{3}\u{4}".to_owned(), "line 1 is no header"),
        ("@classLabel false\n@data\n1,2".to_owned(), "no line names the classes"),
        ("@classLabel true a\n@seriesLength many\n@data".to_owned(), "line 2 is no header: \"@seriesLength many\""),
        ("@classLabel true a\n@timeStamps true\n@data".to_owned(), "line 2 says that values have timestamps"),
        ("@classLabel true a\n@missing true\n@data".to_owned(), "line 2 says that values are missing"),
        ("@classLabel true a\n@dimensions 2\n@data\n1:a".to_owned(), "line 4 has 1 channels before its label, 2 are expected"),
        ("@classLabel true a\n@seriesLength 3\n@data\n1,2:a".to_owned(), "line 4, channel 1: 2 values, 3 are expected"),
        (below(""), "there is no recording below @data"),
        (below("long"), "line 6 has 0 channels before its label"),
        (below("1,2:3,4:long\n1,2:long"), "line 7 has 1 channels before its label, 2 are expected"),
        (below("1,2:3:long"), "line 6, channel 2: 1 values, 2 are expected"),
        (below("1,2:3,?:long"), "line 6, channel 2, value 2: \"?\" is no finite number"),
        (below("1,NaN:3,4:long"), "line 6, channel 1, value 2: \"NaN\" is no finite number"),
        (below("1,1e999:3,4:long"), "line 6, channel 1, value 2: \"1e999\" is no finite number"),
        (below("1,2:3,4:wide"), "line 6 ends in the label \"wide\"; the header has the classes short, long"),
        (below("1,2:3,4"), "line 6 ends in the label \"3,4\""),
    ];
    for (text, expected) in cases {
        let refusal = read(&text).expect_err(expected);
        assert!(refusal.starts_with(&format!("x.ts: {expected}")), "{text:?}: {refusal}");
    }
}
