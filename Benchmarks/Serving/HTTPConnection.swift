import Foundation
import Glibc

/// One connection to a server on this machine, on a blocking socket: it sends a request that is made already and reads no
/// more of the answer than it must, so that whoever is measured has the machine to themselves.
final class HTTPConnection {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// An answer; its body is in the connection's buffer until the next request.
    struct Answer {
        let status: Int
        let body: Range<Int>
        var head: Range<Int> { 0..<body.lowerBound }
    }

    private let port: UInt16
    private var socket: Int32 = -1
    private var buffer = [UInt8](repeating: 0, count: 1 << 16)
    private var filled = 0

    init(port: Int) { self.port = UInt16(port) }

    deinit { close() }

    func close() {
        if socket >= 0 { Glibc.close(socket) }
        socket = -1
    }

    func head(_ answer: Answer) -> ArraySlice<UInt8> { buffer[answer.head] }
    func body(_ answer: Answer) -> ArraySlice<UInt8> { buffer[answer.body] }

    /// Sends a whole request and waits for its answer. Connects anew where the server has closed, as some do after each.
    func ask(_ request: [UInt8]) throws -> Answer {
        let isKept = socket >= 0
        if !isKept { try connect() }
        do {
            return try exchange(request)
        } catch {
            close()
            // A connection that was kept may have been closed meanwhile; a new one was not.
            guard isKept else { throw error }
            try connect()
            return try exchange(request)
        }
    }

    private func exchange(_ request: [UInt8]) throws -> Answer {
        try send(request)
        filled = 0
        var head = try readHead()
        while head.status == 100 { head = try readHead() }
        let body = try readBody(head)
        if head.closes { close() }
        return Answer(status: head.status, body: body)
    }

    // MARK: The socket

    private func connect() throws {
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var on: Int32 = 1
        setsockopt(socket, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        var limit = timeval(tv_sec: 60, tv_usec: 0)
        setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let code = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard code == 0 else { throw Failure(description: "port \(port): \(String(cString: strerror(errno)))") }
    }

    private func send(_ request: [UInt8]) throws {
        var sent = 0
        while sent < request.count {
            let count = request.withUnsafeBytes { bytes in
                Glibc.send(
                    socket, bytes.baseAddress.map { $0 + sent }, request.count - sent, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw Failure(description: "the server closed while it was asked") }
            sent += count
        }
    }

    /// At least one byte more.
    private func read() throws {
        if filled == buffer.count { buffer += [UInt8](repeating: 0, count: buffer.count) }
        let free = buffer.count - filled
        let count = buffer.withUnsafeMutableBytes { bytes in
            recv(socket, bytes.baseAddress.map { $0 + filled }, free, 0)
        }
        guard count > 0 else {
            throw Failure(description: count == 0 ? "it closed" : String(cString: strerror(errno)))
        }
        filled += count
    }

    // MARK: The answer

    private struct Head {
        let status: Int
        let end: Int
        /// Nil where the end of the connection ends the body.
        let length: Int?
        let isChunked: Bool
        let closes: Bool
    }

    private func readHead() throws -> Head {
        var scanned = 0
        while true {
            if let end = Self.end(of: "\r\n\r\n", in: buffer, from: max(0, scanned - 3), to: filled) {
                return Self.head(buffer[..<end], end)
            }
            scanned = filled
            try read()
        }
    }

    /// By bytes: texts would cost more than the rest of a request.
    private static func head(_ bytes: ArraySlice<UInt8>, _ end: Int) -> Head {
        let digits = bytes.dropFirst(9).prefix(3)
        let status = digits.reduce(0) { $0 * 10 + Int($1) - 48 }
        var length: Int? = status == 204 || status == 304 ? 0 : nil
        var isChunked = false
        // Of HTTP/1.0 a connection ends unless it is said.
        var closes = bytes.dropFirst(7).first == UInt8(ascii: "0")
        var line = bytes.startIndex
        while let feed = bytes[line...].firstIndex(of: UInt8(ascii: "\n")) {
            let field = bytes[line..<feed]
            switch field.first.map({ $0 | 0x20 }) {
            case UInt8(ascii: "c"):
                if let value = Self.value("content-length:", field) {
                    length = length ?? value.reduce(0) { $1 >= 48 && $1 < 58 ? $0 * 10 + Int($1) - 48 : $0 }
                } else if let value = Self.value("connection:", field) {
                    closes = value.contains(UInt8(ascii: "s")) || value.contains(UInt8(ascii: "S"))
                }
            case UInt8(ascii: "t"): isChunked = isChunked || Self.value("transfer-encoding:", field) != nil
            default: break
            }
            line = feed + 1
        }
        return Head(status: status, end: end, length: length, isChunked: isChunked, closes: closes)
    }

    private static func value(_ name: StaticString, _ field: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        let count = name.utf8CodeUnitCount
        guard field.count > count else { return nil }
        for place in 0..<count where field[field.startIndex + place] | 0x20 != name.utf8Start[place] | 0x20 {
            return nil
        }
        return field.dropFirst(count)
    }

    private func readBody(_ head: Head) throws -> Range<Int> {
        if head.isChunked {
            while Self.end(of: "\r\n0\r\n\r\n", in: buffer, from: head.end - 2, to: filled) == nil { try read() }
            return head.end..<filled
        }
        if let length = head.length {
            while filled < head.end + length { try read() }
            return head.end..<head.end + length
        }
        do {
            while true { try read() }
        } catch {
            return head.end..<filled
        }
    }

    private static func end(of mark: String, in bytes: [UInt8], from start: Int, to end: Int) -> Int? {
        let mark = Array(mark.utf8)
        guard end - start >= mark.count else { return nil }
        return bytes.withUnsafeBufferPointer { bytes in
            for place in start...(end - mark.count) where bytes[place] == mark[0] {
                if (1..<mark.count).allSatisfy({ bytes[place + $0] == mark[$0] }) { return place + mark.count }
            }
            return nil
        }
    }
}
