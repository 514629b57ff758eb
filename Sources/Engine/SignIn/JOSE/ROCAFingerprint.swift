/// Knows RSA moduli of a chip's library that drew its primes from too small a set (CVE-2017-15361): such a modulus is a
/// power of 65537 modulo each of many small primes, and can be factored. Another modulus is so by chance about once in
/// a hundred million.
enum ROCAFingerprint {
    private static let primes: [UInt32] = [
        3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107, 109,
        113, 127, 131, 137, 139, 149, 151, 157, 163, 167,
    ]

    /// - Parameter modulus: The most significant byte first.
    static func matches(modulus: [UInt8]) -> Bool {
        primes.allSatisfy { prime in
            let rest = modulus.reduce(UInt32(0)) { ($0 << 8 | UInt32($1)) % prime }
            return isPower(rest, of: 65_537 % prime, modulo: prime)
        }
    }

    private static func isPower(_ wanted: UInt32, of base: UInt32, modulo prime: UInt32) -> Bool {
        var power: UInt32 = 1
        for _ in 0..<prime {
            if power == wanted { return true }
            power = power * base % prime
        }
        return false
    }
}
