package millrace.sim;

/// What can go wrong in a simulated world. Which of them do, and how often, each seed draws anew ([FaultPlan]).
public enum Fault {
    /// The process ends between two instructions or in the middle of a write; the page cache outlives it.
    PROCESS_CRASH,
    /// As a crash, and unsynced sectors, lengths and names are old, new, torn or garbage.
    POWER_LOSS,
    /// Nothing of the node runs for 0.1 to 30 s, then goes on as if nothing had been.
    PAUSE,
    /// The wall clock jumps, an hour or thirty days, both ways.
    CLOCK_JUMP,
    /// The clocks run up to 500 ppm fast or slow.
    CLOCK_DRIFT,
    /// Timers fire late.
    LATE_TIMERS,
    /// Others get their turn in the middle of a disk call.
    INTERLEAVING,
    /// Device syncs and reads take long, now and then very long.
    SLOW_DISK,
    READ_ERROR,
    WRITE_ERROR,
    /// A sync fails, and the pages it did not write count as clean from then on.
    SYNC_ERROR,
    /// No space left, at any byte of a write.
    DISK_FULL,
    /// A bit of what is on the device flips.
    BIT_ROT,
    /// The device says yes to a sector and forgets it.
    LOST_WRITE,
    /// The device writes a sector to another place.
    MISDIRECTED_WRITE,
    /// A connection breaks after any byte.
    CONNECTION_RESET,
    /// Two nodes cannot reach each other, one way or both.
    NETWORK_PARTITION,
    /// Bytes take long on the way, now and then very long.
    SLOW_NETWORK;

    /// Faults after which a single copy may be damaged for good: then only "no wrong data, fail closed" can be asked for.
    public boolean damagesTheOnlyCopy() {
        return this == BIT_ROT || this == LOST_WRITE || this == MISDIRECTED_WRITE;
    }
}
