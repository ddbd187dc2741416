//! Files made by the formats' rules, read back.

use super::*;

fn event(time: u64, x: u16, y: u16, rises: bool) -> Event {
    Event { time, x, y, rises }
}

fn events() -> Vec<Event> {
    vec![event(1000, 3, 5, true), event(1010, 33, 0, false), event(1400, 0, 33, true), event(1799, 17, 9, false)]
}

fn nmnist(events: &[Event]) -> Vec<u8> {
    let bytes = |event: &Event| {
        let word = u32::try_from(event.time).unwrap() | u32::from(event.rises) << 23;
        let [_, a, b, c] = word.to_be_bytes();
        [event.x.to_le_bytes()[0], event.y.to_le_bytes()[0], a, b, c]
    };
    events.iter().flat_map(bytes).collect()
}

fn aedat2(events: &[Event]) -> Vec<u8> {
    let mut file = b"#!AER-DAT2.0\r\n# This is a raw AE data file\r\n".to_vec();
    for event in events {
        let address = u32::from(event.y) << 8 | u32::from(127 - event.x) << 1 | u32::from(!event.rises);
        file.extend(address.to_be_bytes());
        file.extend(u32::try_from(event.time).unwrap().to_be_bytes());
    }
    file
}

fn aedat3(events: &[Event]) -> Vec<u8> {
    let mut file = b"#!AER-DAT3.1\r\n#Format: RAW\r\n#Source 1: DVS128\r\n#!END-HEADER\r\n".to_vec();
    // A packet of special events before that of polarity events, whose second event is not valid.
    packet(&mut file, 0, &[[0; 8]]);
    let mut bytes: Vec<[u8; 8]> = Vec::new();
    for event in events {
        let word = 1 | u32::from(event.rises) << 1 | u32::from(event.y) << 2 | u32::from(event.x) << 17;
        let time = u32::try_from(event.time).unwrap();
        bytes.push([word.to_le_bytes(), time.to_le_bytes()].concat().try_into().unwrap());
    }
    bytes.insert(1, [0; 8]);
    packet(&mut file, 1, &bytes);
    file
}

/// Of [`events`], in two packets, with triggers behind them: written by dv-processing, as tests/events/aedat4.py says.
const AEDAT4: [&[u8]; 3] = [
    include_bytes!("../../../../fuzz/corpora/events/none.aedat4"),
    include_bytes!("../../../../fuzz/corpora/events/lz4.aedat4"),
    include_bytes!("../../../../fuzz/corpora/events/zstd.aedat4"),
];

fn altered(bytes: &[u8], at: usize, value: u8) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    bytes[at] = value;
    bytes
}

#[test]
fn aedat4_gives_the_events_that_its_own_library_wrote() {
    let path = Path::new("x.aedat4");
    for bytes in AEDAT4 {
        let recording = parse(path, bytes).unwrap();
        assert_eq!((recording.events, recording.sensor), (events(), Some(Sensor { width: 34, height: 34 })));
        // Cut or altered anywhere, it is an error or other events, and no more.
        for at in 12..bytes.len() {
            // The table behind the packets tells nothing new.
            if let Ok(recording) = parse(path, &bytes[..at]) {
                assert_eq!(recording.events, events(), "{at} bytes");
            }
            let _ = parse(path, &altered(bytes, at, !bytes[at]));
        }
    }
}

fn packet(file: &mut Vec<u8>, kind: u16, events: &[[u8; 8]]) {
    let n = u32::try_from(events.len()).unwrap();
    file.extend([kind, 1].iter().flat_map(|word| word.to_le_bytes()));
    file.extend([8, 4, 0, n, n, n].iter().flat_map(|word: &u32| word.to_le_bytes()));
    file.extend(events.concat());
}

#[test]
fn formats_give_the_events_that_were_written() {
    let path = Path::new("x.aedat");
    for bytes in [nmnist(&events()), aedat2(&events()), aedat3(&events())] {
        assert_eq!(parse(path, &bytes).unwrap().events, events());
        // A header of AEDAT ends after 12 bytes; what is shorter could be anything.
        for length in 12..bytes.len() {
            // Where the cut falls between two events, a shorter recording is a whole one.
            if let Ok(recording) = parse(path, &bytes[..length]) {
                assert!(events().starts_with(&recording.events), "{length} bytes");
            }
        }
    }
}

#[test]
fn the_clock_of_nmnist_overflows() {
    let overflow = event(0, 0, 240, false);
    let recording = parse(Path::new("x.bin"), &nmnist(&[event(5, 1, 1, true), overflow, event(7, 1, 1, true)])).unwrap();
    assert_eq!(recording.events, [event(5, 1, 1, true), event(7 + 8192, 1, 1, true)]);
}

#[test]
fn bins_are_spikes_of_polarity_row_and_column() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.bin"), nmnist(&events())).unwrap();
    std::fs::write(folder.path().join("b.bin"), nmnist(&events()[..1])).unwrap();
    let read = |binning| {
        let options = EventOptions { binning, sensor: None };
        Inputs::read_events(folder.path(), options, None).unwrap()
    };
    let inputs = read(Binning::Bins(2));
    assert_eq!((inputs.n_samples(), inputs.n_timesteps(), inputs.n_features()), (2, 2, 2 * 34 * 34));
    let fired = |sample: usize| -> Vec<Vec<usize>> {
        inputs.train(sample).iter().map(|spikes| spikes.iter_ones().collect()).collect()
    };
    assert_eq!(fired(0), [vec![33, 34 * 34 + 5 * 34 + 3], vec![9 * 34 + 17, 34 * 34 + 33 * 34]]);
    assert_eq!(fired(1), [vec![34 * 34 + 5 * 34 + 3], vec![]]);
    assert_eq!(read(Binning::Microseconds(200)).n_timesteps(), 4);
}

#[test]
fn what_cannot_be_events_is_refused() {
    let check = |bytes: &[u8], sensor, sentence: &str| {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x");
        std::fs::write(&path, bytes).unwrap();
        let options = EventOptions { binning: Binning::Bins(100_000), sensor };
        let error = Inputs::read_events(&path, options, None).unwrap_err().to_string();
        assert!(error.contains(sentence), "{error}");
    };
    check(b"1234567", None, "7 bytes that are no whole events");
    check(b"", None, "holds no presentation");
    check(b"#!AER-DAT5.0\r\n....", None, "is AEDAT 5, which is not read");
    check(b"#!AER-DAT4.0\r\n....", None, "no whole AEDAT 4: at byte 14, there is no whole header");
    check(&AEDAT4[0][..1400], None, "the table of packets that the header tells of is missing");
    // The first packets of the files without compression and of LZ4.
    let (plain, lz4) = (1390, 1382);
    check(&altered(AEDAT4[1], lz4 + 7, 0x7F), None, "at byte 1382, a packet is longer than what is left");
    check(&altered(AEDAT4[1], lz4 + 8, 0xFF), None, "at byte 1382, a packet does not unpack");
    check(&altered(AEDAT4[0], plain + 8 + 0x1C, 0xFF), None, "at byte 1390, a packet of events is broken");
    check(&altered(AEDAT4[0], plain + 8 + 0x27, 0xFF), None, "at byte 1390, an event has a time or a place below 0");
    check(b"#!AER-DAT3.1\r\n#!END-HEADER\r\n", None, "does not say which camera");
    check(&nmnist(&[event(0, 34, 0, true)]), None, "event 0 is at column 34, row 0, outside of 34 x 34");
    check(&aedat2(&[event(0, 0, 0, true)])[..], None, "in 100000 timesteps");
    check(&aedat2(&[event(0, 9, 0, true)])[..], Some(Sensor { width: 9, height: 9 }), "outside of 9 x 9");
    check(&[b"#!AER-DAT2.0\r\n".as_slice(), &[1; 8]].concat(), None, "is none of a DVS128");
    let mut huge = aedat3(&events());
    let start = huge.len() - 5 * 8 - 28;
    huge[start + 20..start + 24].fill(0xFF);
    check(&huge, None, "no whole events");
}
