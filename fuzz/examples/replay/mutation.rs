//! Changes to inputs, the same in each run.

/// Bytes that mean something in cookies, headers, URLs, JSON and records.
const TELLING: &[u8] = b"\0\x01\x7f\x80\x81\xff\r\n\t ;,=\"\\/:@?#%&*.+-_[]{}()<>AZaz09\xc3";
const LONGEST: usize = 4096;

/// Makes inputs out of a corpus.
pub struct Mutator<'a> {
    corpus: &'a [Vec<u8>],
    state: u64,
}

impl<'a> Mutator<'a> {
    pub fn new(corpus: &'a [Vec<u8>]) -> Self {
        Self {
            corpus,
            state: 0x9e37_79b9_7f4a_7c15,
        }
    }

    /// An input of the corpus, changed in up to eight places.
    pub fn next(&mut self) -> Vec<u8> {
        let mut input = self.any().to_vec();
        for _ in 0..=self.below(8) {
            self.change(&mut input);
        }
        input.truncate(LONGEST);
        input
    }

    fn change(&mut self, input: &mut Vec<u8>) {
        let at = self.below(input.len() + 1);
        match self.below(7) {
            0 => input.truncate(at),
            1 => drop(input.drain(..at)),
            2 => input.insert(at, self.telling()),
            3 => {
                let end = at + self.below(input.len() - at + 1);
                let part = input[at..end].to_vec();
                let to = self.below(input.len() + 1);
                input.splice(to..to, part);
            }
            4 => {
                let other = self.any();
                let from = self.below(other.len() + 1);
                input.truncate(at);
                input.extend_from_slice(&other[from..]);
            }
            5 if at < input.len() => input[at] ^= 1 << self.below(8),
            _ if at < input.len() => input[at] = self.telling(),
            _ => input.push(self.telling()),
        }
    }

    fn any(&mut self) -> &'a [u8] {
        &self.corpus[self.below(self.corpus.len())]
    }

    fn telling(&mut self) -> u8 {
        TELLING[self.below(TELLING.len())]
    }

    /// A number below this one (xorshift64*).
    #[allow(clippy::cast_possible_truncation)] // any bits do
    fn below(&mut self, end: usize) -> usize {
        self.state ^= self.state >> 12;
        self.state ^= self.state << 25;
        self.state ^= self.state >> 27;
        (self.state.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % end
    }
}
