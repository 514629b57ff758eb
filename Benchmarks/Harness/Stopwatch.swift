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
    /// CPU seconds of processes that were started and have ended, user and system.
    case children

    var seconds: Double {
        if self == .children { return Self.ofChildren }
        var time = timespec()
        clock_gettime(self == .cpu ? CLOCK_PROCESS_CPUTIME_ID : CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    private static var ofChildren: Double {
        var usage = rusage()
        #if canImport(Glibc)
            getrusage(RUSAGE_CHILDREN.rawValue, &usage)
        #else
            getrusage(RUSAGE_CHILDREN, &usage)
        #endif
        return [usage.ru_utime, usage.ru_stime].reduce(0) { $0 + Double($1.tv_sec) + Double($1.tv_usec) / 1e6 }
    }
}

/// Keeps the optimiser from leaving out work whose result nobody uses.
@inline(never) func keep<Value>(_ value: Value) { withExtendedLifetime(value) {} }
