//! How much heap a piece of work takes at its most.
#![expect(unsafe_code, reason = "an allocator can be watched by being one, only")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

/// Counts by thread, so that tests can run beside each other.
struct Counting;

#[global_allocator]
static COUNTING: Counting = Counting;

thread_local! {
    static LIVE: Cell<usize> = const { Cell::new(0) };
    static PEAK: Cell<usize> = const { Cell::new(0) };
}

fn grow(bytes: usize) {
    // A thread that ends has nothing left to count with.
    let _ = LIVE.try_with(|live| {
        live.set(live.get().wrapping_add(bytes));
        let _ = PEAK.try_with(|peak| peak.set(peak.get().max(live.get())));
    });
}

fn shrink(bytes: usize) {
    let _ = LIVE.try_with(|live| live.set(live.get().wrapping_sub(bytes)));
}

// SAFETY: everything is handed on to the system's allocator as it comes.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        grow(layout.size());
        // SAFETY: the caller keeps the contract of `alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        shrink(layout.size());
        // SAFETY: the caller keeps the contract of `dealloc`.
        unsafe { System.dealloc(place, layout) }
    }

    unsafe fn realloc(&self, place: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // As if both were there for a moment, which may be.
        grow(size);
        shrink(layout.size());
        // SAFETY: the caller keeps the contract of `realloc`.
        unsafe { System.realloc(place, layout, size) }
    }
}

/// Returns the most bytes of heap that were in use at once beside those that already were.
pub(crate) fn peak(work: impl FnOnce()) -> usize {
    // Counted from zero: what is freed meanwhile is what the work itself allocated.
    LIVE.set(0);
    PEAK.set(0);
    work();
    PEAK.get()
}

#[test]
fn the_peak_is_counted() {
    assert_eq!(peak(|| drop(Vec::<u8>::with_capacity(1000))), 1000);
    let two = peak(|| {
        drop(Vec::<u8>::with_capacity(3000));
        drop((vec![0_u8; 1000], vec![0_u8; 1500]));
    });
    assert_eq!(two, 3000);
}

#[test]
fn writing_into_a_buffer_with_room_allocates_nothing() {
    let transfer = eos_abi::contracts::token::Transfer {
        from: eos_abi::Name::from_static("alice1111111"),
        to: eos_abi::Name::from_static("bob111111111"),
        quantity: "1.0000 SYS".parse().unwrap(),
        memo: "hello".into(),
    };
    let mut buffer = eos_abi::to_bytes(&transfer).unwrap();
    let packed = buffer.clone();
    buffer.clear();
    let heap = peak(|| eos_abi::to_writer(&mut buffer, &transfer).unwrap());
    assert_eq!((buffer, heap), (packed, 0));
}
