import Foundation
import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// An address that a name leads to, and what part of the world it is in.
public struct NetworkAddress: Hashable, Sendable, CustomStringConvertible {
    /// Four bytes or sixteen.
    public let bytes: [UInt8]

    public init?(_ bytes: [UInt8]) {
        guard bytes.count == 4 || bytes.count == 16 else { return nil }
        self.bytes = bytes
    }

    /// The four bytes of an IPv4 address, also of one that is written as IPv6.
    private var version4: [UInt8]? {
        if bytes.count == 4 { return bytes }
        let prefix: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]
        return Array(bytes.prefix(12)) == prefix ? Array(bytes.suffix(4)) : nil
    }

    public var isLoopback: Bool {
        if let version4 { return version4[0] == 127 }
        return bytes.dropLast().allSatisfy { $0 == 0 } && bytes.last == 1
    }

    /// Whether it is anybody's in the Internet: not of a private network, this machine, a link, a carrier's inside, a
    /// tunnel, documentation or many receivers at once.
    public var isPublic: Bool {
        if let version4 { return Self.isPublic(version4) }
        let first = UInt16(bytes[0]) << 8 | UInt16(bytes[1])
        // Only 2000::/3 is given out. Of that, 2001::/23 and 2002::/16 are tunnels and the like, 2001:db8::/32 and
        // 3fff::/20 documentation.
        guard (0x2000...0x3FFF).contains(first) else { return false }
        if first == 0x2001, bytes[2] < 2 || (bytes[2] == 0x0D && bytes[3] == 0xB8) { return false }
        return first != 0x2002 && !(first == 0x3FFF && bytes[2] < 0x10)
    }

    private static func isPublic(_ address: [UInt8]) -> Bool {
        switch (address[0], address[1], address[2]) {
        case (0, _, _), (10, _, _), (127, _, _), (100, 64...127, _), (169, 254, _), (172, 16...31, _), (192, 168, _),
            (192, 0, 0), (192, 0, 2), (192, 88, 99), (198, 18...19, _), (198, 51, 100), (203, 0, 113),
            (224...255, _, _):
            false
        default: true
        }
    }

    /// As it is written: `192.0.2.1`, `2001:db8:0:0:0:0:0:1`.
    public var description: String {
        if bytes.count == 4 { return bytes.map { String($0) }.joined(separator: ".") }
        return stride(from: 0, to: 16, by: 2).map { index in
            String(UInt16(bytes[index]) << 8 | UInt16(bytes[index + 1]), radix: 16)
        }.joined(separator: ":")
    }

    /// What `host` leads to by this machine's resolver; an address in digits is itself. Empty where it leads nowhere, or
    /// the resolver takes longer than `limit`.
    public static func resolve(_ host: String, within limit: Duration = .seconds(5)) async -> [NetworkAddress] {
        let once = FirstAnswer()
        return await withCheckedContinuation { continuation in
            once.wait(continuation)
            // The call blocks, so it has a thread of its own.
            Thread.detachNewThread { once.answer(lookUp(host)) }
            Task {
                try await Task.sleep(for: limit)
                once.answer([])
            }
        }
    }

    private static func lookUp(_ host: String) -> [NetworkAddress] {
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        #if canImport(Glibc)
            hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        #else
            hints.ai_socktype = SOCK_STREAM
        #endif
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, nil, &hints, &list) == 0 else { return [] }
        defer { freeaddrinfo(list) }
        var addresses: [NetworkAddress] = []
        var next = list
        while let entry = next {
            if let address = read(entry.pointee), !addresses.contains(address) { addresses.append(address) }
            next = entry.pointee.ai_next
        }
        return addresses
    }

    private static func read(_ entry: addrinfo) -> NetworkAddress? {
        guard let pointer = entry.ai_addr else { return nil }
        switch entry.ai_family {
        case AF_INET:
            return pointer.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { address in
                withUnsafeBytes(of: address.pointee.sin_addr) { NetworkAddress(Array($0)) }
            }
        case AF_INET6:
            return pointer.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) { address in
                withUnsafeBytes(of: address.pointee.sin6_addr) { NetworkAddress(Array($0)) }
            }
        default: return nil
        }
    }
}

/// Takes the first of several answers.
private final class FirstAnswer: Sendable {
    private let continuation = Mutex<CheckedContinuation<[NetworkAddress], Never>?>(nil)

    func wait(_ waiting: CheckedContinuation<[NetworkAddress], Never>) { continuation.withLock { $0 = waiting } }

    func answer(_ addresses: [NetworkAddress]) {
        let waiting = continuation.withLock { continuation in
            defer { continuation = nil }
            return continuation
        }
        waiting?.resume(returning: addresses)
    }
}
