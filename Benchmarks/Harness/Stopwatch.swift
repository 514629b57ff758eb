#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What a measurement counts.
enum Stopwatch: Sendable {
    /// CPU seconds of the whole process, user and system: for work that is computing.
    case cpu
    /// Wall seconds: for work that waits for disks, networks and other processes.
    case wall

    var seconds: Double {
        var time = timespec()
        clock_gettime(self == .cpu ? CLOCK_PROCESS_CPUTIME_ID : CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}

/// Keeps the optimiser from leaving out work whose result nobody uses.
@inline(never) func keep<Value>(_ value: Value) { withExtendedLifetime(value) {} }
