import Foundation

/// A connection on which a test writes what it likes, byte for byte, and hears what is said.
public final class RawConnection: Sendable {
    /// One answer as it came.
    public struct Answer: Sendable {
        public let status: Int
        /// By their names in lower case; one that stands more than once has a line for each.
        public let headers: [String: String]
        public let body: String
    }

    private let descriptor: Int32

    public struct Failure: Error {
        public let number: Int32
    }

    /// - Parameter receiveBuffer: How much the system takes in before somebody reads; nil for what is usual.
    public init(port: Int, receiveBuffer: Int32? = nil) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw Failure(number: errno) }
        if var size = receiveBuffer {
            setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
        }
        var one: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let isConnected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                connect(descriptor, pointer, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        guard isConnected else { throw Failure(number: errno) }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// False once the other side takes no more.
    @discardableResult
    public func send(_ text: String) async -> Bool { await send(Array(text.utf8)) }

    @discardableResult
    public func send(_ bytes: [UInt8]) async -> Bool { await apart { self.write(bytes) } }

    /// Calls of the system wait on a thread of their own: the threads of tasks are the server's, too.
    private func apart<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: body()) }
        }
    }

    private func write(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Foundation.send(descriptor, $0.baseAddress, $0.count, LoopbackSocket.noSignal)
            }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    /// Says that no more comes.
    public func finish() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// What came until the other side ended, or nothing came for so long.
    public func read(quiet: Duration = .seconds(60)) async -> Reading { await apart { self.everything(quiet) } }

    private func everything(_ quiet: Duration) -> Reading {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while wait(quiet) {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else { return Reading(bytes: bytes, isClosed: true) }
            bytes += buffer[..<count]
        }
        return Reading(bytes: bytes, isClosed: false)
    }

    /// Until so many answers came whole.
    public func answers(_ count: Int, quiet: Duration = .seconds(60)) async -> [Answer] {
        await apart { self.first(count, quiet) }
    }

    private func first(_ count: Int, _ quiet: Duration) -> [Answer] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while Reading(bytes: bytes, isClosed: false).answers.count < count, wait(quiet) {
            let received = recv(descriptor, &buffer, buffer.count, 0)
            guard received > 0 else { break }
            bytes += buffer[..<received]
        }
        return Reading(bytes: bytes, isClosed: false).answers
    }

    private func wait(_ limit: Duration) -> Bool {
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&entry, 1, Int32(limit / .milliseconds(1))) > 0
    }

    /// All that came.
    public struct Reading: Sendable {
        public let bytes: [UInt8]
        /// Whether the other side ended it.
        public let isClosed: Bool

        public var text: String { String(decoding: bytes, as: UTF8.self) }

        /// Those that are whole.
        public var answers: [Answer] {
            var answers: [Answer] = []
            var rest = bytes[...]
            while let end = rest.firstRange(of: Array("\r\n\r\n".utf8)) {
                let lines = String(decoding: rest[..<end.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
                let words = lines.first?.split(separator: " ") ?? []
                guard words.count >= 2, words[0].hasPrefix("HTTP/1."), let status = Int(words[1]) else { break }
                var headers: [String: String] = [:]
                for line in lines.dropFirst() {
                    let parts = line.split(separator: ":", maxSplits: 1)
                    if parts.count == 2 {
                        let (name, value) = (parts[0].lowercased(), parts[1].trimmingCharacters(in: .whitespaces))
                        headers[name] = headers[name].map { "\($0)\n\(name): \(value)" } ?? value
                    }
                }
                let length = Int(headers["content-length"] ?? "0") ?? 0
                guard rest.endIndex - end.upperBound >= length else { break }
                let body = rest[end.upperBound..<end.upperBound + length]
                answers.append(Answer(status: status, headers: headers, body: String(decoding: body, as: UTF8.self)))
                rest = rest[(end.upperBound + length)...]
            }
            return answers
        }
    }
}
