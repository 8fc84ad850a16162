//! An allocator that wipes memory before giving it back: ring, TLS and JSON buffers do not wipe themselves (V6).
#![allow(unsafe_code, reason = "the allocator trait is unsafe; all of this crate's unsafe code is in this file")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::arch::asm;

/// The system's allocator, with every freed byte overwritten first.
pub struct ZeroizingAllocator;

// SAFETY: every call is handed on to `System` with the same layout, so its guarantees hold; `dealloc` writes only
// inside the block that the caller gives up.
unsafe impl GlobalAlloc for ZeroizingAllocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller keeps the contract of `alloc`, which is the one `System` asks for.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as above.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: the caller says that `block` was allocated here with this layout and is used no more.
        unsafe {
            wipe(block, layout.size());
            System.dealloc(block, layout);
        }
    }

    // `realloc` stays the trait's own: allocate, copy, `dealloc`. `System.realloc` could leave the old bytes behind.
}

/// Overwrites a block in a way that the compiler does not take away.
///
/// # Safety
/// `block` points to `length` bytes that may be written and that nobody else uses.
unsafe fn wipe(block: *mut u8, length: usize) {
    // SAFETY: as the caller says.
    unsafe { block.write_bytes(0, length) };
    // SAFETY: no instruction. To the compiler it may read the memory behind the pointer, so the writes must be made.
    unsafe { asm!("/* {0} */", in(reg) block, options(nostack, preserves_flags)) };
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves V6: what is freed is wiped first.
    #[test]
    fn a_block_is_wiped_whole_and_nothing_beside_it() {
        let mut bytes = [7_u8; 64];
        // SAFETY: 62 bytes inside an array of our own.
        unsafe { wipe(bytes[1..].as_mut_ptr(), 62) };
        assert_eq!((bytes[0], bytes[63]), (7, 7));
        assert!(bytes[1..63].iter().all(|byte| *byte == 0));
    }
}
