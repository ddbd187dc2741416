//! As much of HDF5 as a NIR file needs: groups, arrays of numbers, fixed strings; version 0 of everything, which every
//! reader knows (the HDF5 File Format Specification, version 1.1).

/// A group, or an array of values, row-major. A shape of no dimensions is one value.
#[derive(Clone, Debug)]
pub enum Item {
    Folder(Vec<(String, Item)>),
    Numbers { shape: Vec<usize>, values: Vec<f64> },
    Integers { shape: Vec<usize>, values: Vec<i64> },
    Texts { shape: Vec<usize>, values: Vec<String> },
}

impl Item {
    pub fn folder<'a>(items: impl IntoIterator<Item = (&'a str, Item)>) -> Item {
        Item::Folder(items.into_iter().map(|(name, item)| (name.to_owned(), item)).collect())
    }

    pub fn text(text: &str) -> Item {
        Item::Texts { shape: Vec::new(), values: vec![text.to_owned()] }
    }

    pub fn number(number: f64) -> Item {
        Item::Numbers { shape: Vec::new(), values: vec![number] }
    }
}

const UNDEFINED: u64 = u64::MAX;
/// Half the most entries of a leaf: a group holds 64 items at most.
const LEAF_K: u16 = 32;
const INTERNAL_K: u16 = 16;
/// The superblock's length: the first object follows it.
const SUPERBLOCK: usize = 96;

/// The bytes of a file whose root is a folder.
pub fn file(root: &Item) -> Vec<u8> {
    let mut body = Body(vec![0; SUPERBLOCK]);
    let place = body.item(root);
    let mut head = Body(Vec::new());
    head.0.extend(b"\x89HDF\r\n\x1a\n\0\0\0\0\0\x08\x08\0");
    head.u16(LEAF_K);
    head.u16(INTERNAL_K);
    head.u32(0);
    for address in [0, UNDEFINED, body.0.len() as u64, UNDEFINED] {
        head.u64(address);
    }
    head.entry(0, &place);
    body.0[..SUPERBLOCK].copy_from_slice(&head.0);
    body.0
}

/// Where an object's header is, and of a group its tree and heap.
struct Place {
    header: u64,
    group: Option<[u64; 2]>,
}

struct Body(Vec<u8>);

impl Body {
    fn u16(&mut self, value: u16) {
        self.0.extend(value.to_le_bytes());
    }

    fn u32(&mut self, value: u32) {
        self.0.extend(value.to_le_bytes());
    }

    fn u64(&mut self, value: u64) {
        self.0.extend(value.to_le_bytes());
    }

    /// Aligns to eight bytes and returns the address.
    fn here(&mut self) -> u64 {
        self.0.resize(self.0.len().next_multiple_of(8), 0);
        self.0.len() as u64
    }

    fn item(&mut self, item: &Item) -> Place {
        match item {
            Item::Folder(items) => self.folder(items),
            Item::Numbers { shape, values } => {
                self.array(shape, &DOUBLE, values.iter().flat_map(|value| value.to_le_bytes()).collect())
            }
            Item::Integers { shape, values } => {
                self.array(shape, &INTEGER, values.iter().flat_map(|value| value.to_le_bytes()).collect())
            }
            Item::Texts { shape, values } => self.texts(shape, values),
        }
    }

    fn texts(&mut self, shape: &[usize], values: &[String]) -> Place {
        let size = values.iter().map(String::len).max().unwrap_or(0).max(1);
        let padded = |text: &String| [text.as_bytes(), &vec![0; size - text.len()]].concat();
        // Class 3, padded with zeros, UTF-8.
        let mut kind = vec![0x13, 0x11, 0, 0];
        kind.extend(u32::try_from(size).unwrap_or(u32::MAX).to_le_bytes());
        self.array(shape, &kind, values.iter().flat_map(padded).collect())
    }

    fn array(&mut self, shape: &[usize], kind: &[u8], bytes: Vec<u8>) -> Place {
        let (address, size) = (self.here(), bytes.len() as u64);
        self.0.extend(bytes);
        let mut space = vec![1, u8::try_from(shape.len()).unwrap_or(u8::MAX), 0, 0, 0, 0, 0, 0];
        space.extend(shape.iter().flat_map(|&n| (n as u64).to_le_bytes()));
        let layout = [&[3, 1], address.to_le_bytes().as_slice(), size.to_le_bytes().as_slice()].concat();
        // The fill value is undefined: all values are written.
        let header = self.header(&[(1, space), (3, kind.to_vec()), (5, vec![2, 2, 2, 0]), (8, layout)]);
        Place { header, group: None }
    }

    /// An object header of messages: type, contents.
    fn header(&mut self, messages: &[(u16, Vec<u8>)]) -> u64 {
        let address = self.here();
        let padded = |contents: &Vec<u8>| contents.len().next_multiple_of(8);
        let size: usize = messages.iter().map(|(_, contents)| 8 + padded(contents)).sum();
        self.0.extend([1, 0]);
        self.u16(u16::try_from(messages.len()).unwrap_or(u16::MAX));
        self.u32(1);
        self.u32(u32::try_from(size).unwrap_or(u32::MAX));
        self.u32(0);
        for (kind, contents) in messages {
            self.u16(*kind);
            self.u16(u16::try_from(padded(contents)).unwrap_or(u16::MAX));
            self.u32(0);
            self.0.extend(contents);
            self.here();
        }
        address
    }

    fn folder(&mut self, items: &[(String, Item)]) -> Place {
        let mut sorted: Vec<&(String, Item)> = items.iter().collect();
        sorted.sort_by(|a, b| a.0.cmp(&b.0));
        let places: Vec<Place> = sorted.iter().map(|(_, item)| self.item(item)).collect();
        // Names end in a zero and start at multiples of eight; the first is the empty one.
        let mut names = vec![0; 8];
        let mut offsets = Vec::new();
        for (name, _) in &sorted {
            offsets.push(names.len() as u64);
            names.extend(name.as_bytes());
            names.resize((names.len() + 1).next_multiple_of(8), 0);
        }
        let heap = self.heap(&names);
        let leaf = self.here();
        self.0.extend(b"SNOD\x01\0");
        self.u16(u16::try_from(places.len()).unwrap_or(u16::MAX));
        for (&offset, place) in offsets.iter().zip(&places) {
            self.entry(offset, place);
        }
        self.fill_to(leaf, 8 + 2 * usize::from(LEAF_K) * 40);
        let tree = self.tree(leaf, offsets.last().copied().unwrap_or(0));
        let message = [tree.to_le_bytes(), heap.to_le_bytes()].concat();
        Place { header: self.header(&[(0x11, message)]), group: Some([tree, heap]) }
    }

    fn heap(&mut self, names: &[u8]) -> u64 {
        let segment = self.here();
        self.0.extend(names);
        let heap = self.here();
        self.0.extend(b"HEAP\0\0\0\0");
        // No free block is told by 1.
        for value in [names.len() as u64, 1, segment] {
            self.u64(value);
        }
        heap
    }

    /// A tree of one leaf.
    fn tree(&mut self, leaf: u64, last_name: u64) -> u64 {
        let tree = self.here();
        self.0.extend(b"TREE\0\0");
        self.u16(1);
        for value in [UNDEFINED, UNDEFINED, 0, leaf, last_name] {
            self.u64(value);
        }
        self.fill_to(tree, 24 + (4 * usize::from(INTERNAL_K) + 1) * 8);
        tree
    }

    /// An entry of a symbol table.
    fn entry(&mut self, name: u64, place: &Place) {
        self.u64(name);
        self.u64(place.header);
        self.u32(u32::from(place.group.is_some()));
        self.u32(0);
        for address in place.group.unwrap_or([0, 0]) {
            self.u64(address);
        }
    }

    /// Zeros up to `size` bytes from an address.
    fn fill_to(&mut self, from: u64, size: usize) {
        let end = usize::try_from(from).unwrap_or(usize::MAX).saturating_add(size);
        self.0.resize(end, 0);
    }
}

/// IEEE 754 of 64 bits, little-endian.
const DOUBLE: [u8; 20] = [0x11, 0x20, 0x3F, 0, 8, 0, 0, 0, 0, 0, 64, 0, 52, 11, 0, 52, 0xFF, 3, 0, 0];
/// Two's complement of 64 bits, little-endian.
const INTEGER: [u8; 12] = [0x10, 0x08, 0, 0, 8, 0, 0, 0, 0, 0, 64, 0];
