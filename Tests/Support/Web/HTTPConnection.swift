import Foundation
import Synchronization

/// One connection to an HTTP server on loopback, kept open from request to request: a client that costs next to nothing, for
/// whoever sends thousands.
///
/// One request at a time; a thread of its own waits. A connection that broke is made anew by the next request.
public final class HTTPConnection: Sendable {
    public struct Answer: Sendable {
        public let status: Int
        /// By lower-case name.
        public let headers: [String: String]
        public let body: String
    }

    /// No answer came: whether the request was heard is not known.
    public struct Silence: Error {}

    private let port: Int
    private let socket = Mutex<Int32>(-1)
    private let queue = DispatchQueue(label: "tests.http")
    private let timeout: Int

    /// - Parameter timeout: Seconds until no answer counts as silence.
    public init(port: Int, timeout: Int = 60) {
        self.port = port
        self.timeout = timeout
    }

    deinit { disconnect() }

    public func ask(
        _ method: String, _ path: String, headers: [String: String] = [:], body: String = ""
    ) async throws -> Answer {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { [self] in
                do {
                    continuation.resume(returning: try transmit(method, path, headers, body))
                } catch {
                    disconnect()
                    continuation.resume(throwing: error)
                }
            }
        }
    }

    private func disconnect() {
        socket.withLock { socket in
            if socket >= 0 { close(socket) }
            socket = -1
        }
    }

    private func connected() throws -> Int32 {
        let known = socket.withLock { $0 }
        guard known < 0 else { return known }
        guard let made = LoopbackSocket.connect(UInt16(port)) else { throw Silence() }
        var limit = timeval(tv_sec: timeout, tv_usec: 0)
        setsockopt(made, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var one: Int32 = 1
        setsockopt(made, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
        socket.withLock { $0 = made }
        return made
    }

    private func transmit(_ method: String, _ path: String, _ headers: [String: String], _ body: String) throws
        -> Answer
    {
        let socket = try connected()
        var text = "\(method) \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: \(body.utf8.count)\r\n"
        for (name, value) in headers { text += "\(name): \(value)\r\n" }
        var rest = Array((text + "\r\n" + body).utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                send(socket, $0.baseAddress, $0.count, LoopbackSocket.noSignal)
            }
            guard count > 0 else { throw Silence() }
            rest = rest.dropFirst(count)
        }
        return try receive(socket)
    }

    private func receive(_ socket: Int32) throws -> Answer {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let end = Array("\r\n\r\n".utf8)
        var head: Range<Int>?
        while head == nil {
            try take(from: socket, &buffer, &bytes)
            head = bytes.firstRange(of: end).map { $0.lowerBound..<$0.upperBound }
        }
        guard let head else { throw Silence() }
        let lines = String(decoding: bytes[..<head.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { continue }
            headers[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces)
        }
        let length = Int(headers["content-length"] ?? "0") ?? 0
        while bytes.count < head.upperBound + length { try take(from: socket, &buffer, &bytes) }
        if headers["connection"] == "close" { disconnect() }
        return Answer(
            status: Int(lines.first?.split(separator: " ").dropFirst().first ?? "") ?? 0, headers: headers,
            body: String(decoding: bytes[head.upperBound..<head.upperBound + length], as: UTF8.self))
    }

    private func take(from socket: Int32, _ buffer: inout [UInt8], _ bytes: inout [UInt8]) throws {
        let count = recv(socket, &buffer, buffer.count, 0)
        guard count > 0 else { throw Silence() }
        bytes += buffer[..<count]
    }
}
