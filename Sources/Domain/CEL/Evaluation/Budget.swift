/// How much an evaluation may still cost. A step is about ten nanoseconds of work or sixteen bytes of a new value.
struct Budget {
    private(set) var remaining: Int

    init(_ limit: Int) { remaining = limit }

    @inline(__always)
    mutating func charge(_ steps: Int) throws(CELError) {
        remaining -= steps
        if remaining < 0 { throw .costLimit }
    }

    /// For reading `bytes` once.
    mutating func chargeReading(_ bytes: Int) throws(CELError) { try charge(bytes >> 6) }

    /// For reading a key.
    mutating func chargeReading(_ key: CELValue) throws(CELError) {
        if case .string(let key) = key { try chargeReading(key.utf8.count) }
    }

    /// For making a text or bytes of `bytes`.
    mutating func chargeMaking(_ bytes: Int) throws(CELError) { try charge(1 + bytes >> 4) }
}
