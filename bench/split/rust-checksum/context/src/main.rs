//! The CRC-32 of standard input, by zlib.
use std::io::Read;
use std::os::raw::{c_uint, c_ulong};

#[link(name = "z")]
extern "C" {
    fn crc32(crc: c_ulong, buffer: *const u8, length: c_uint) -> c_ulong;
}

fn main() {
    let mut data = Vec::new();
    std::io::stdin().read_to_end(&mut data).expect("data");
    println!("{:08x}", unsafe { crc32(0, data.as_ptr(), data.len() as c_uint) });
}
