import Foundation
import Synchronization

/// A double of an HTTP service, for faults that a real one cannot be made to show. It is written from the protocol's
/// text and proves nothing about any product.
///
/// It listens on a free port of the loopback, takes one request a connection, and hangs up.
public final class HTTPDouble: Sendable {
    public struct Request: Sendable {
        public let method: String
        /// Path and query as they were sent.
        public let target: String
        /// Names in lower case.
        public let headers: [String: String]
        public let body: String

        public var path: String { String(target.prefix { $0 != "?" }) }

        /// A value of the query, unescaped.
        public func query(_ name: String) -> String? {
            URLComponents(string: target)?.queryItems?.first { $0.name == name }?.value
        }
    }

    public struct Response: Sendable {
        public var status: Int
        public var headers: [String: String]
        public var body: String
        /// Breaks the connection off instead.
        public var hangsUp = false
        /// Announces the whole body, sends half of it, and breaks off.
        public var breaksOff = false

        public init(_ status: Int, headers: [String: String] = [:], body: String = "") {
            self.status = status
            self.headers = headers
            self.body = body
        }

        public static var hangUp: Response {
            var response = Response(0)
            response.hangsUp = true
            return response
        }
    }

    public let port: UInt16
    public var url: String { "http://127.0.0.1:\(port)" }
    /// Everything that came so far.
    public var requests: [Request] { log.withLock { $0 } }

    private let listener: Int32
    private let log = Mutex<[Request]>([])
    private let isStopped = Mutex(false)
    private let respond: @Sendable (Request) -> Response

    public init(respond: @escaping @Sendable (Request) -> Response) throws {
        self.respond = respond
        (listener, port) = try LoopbackSocket.listen()
        Thread.detachNewThread { [listener, weak self] in
            while case let connection = accept(listener, nil, nil), connection >= 0 {
                guard let self else {
                    close(connection)
                    break
                }
                self.serve(connection)
            }
            #if !canImport(Darwin)
                // Here and nowhere else: its number may be another's as soon as it is closed.
                close(listener)
            #endif
        }
    }

    deinit { stop() }

    public func stop() {
        let wasStopped = isStopped.withLock { stopped in
            defer { stopped = true }
            return stopped
        }
        guard !wasStopped else { return }
        shutdown(listener, Int32(SHUT_RDWR))
        #if canImport(Darwin)
            close(listener)
        #endif
    }

    private func serve(_ connection: Int32) {
        Thread.detachNewThread { [self] in
            defer { close(connection) }
            guard let request = Self.read(connection) else { return }
            log.withLock { $0.append(request) }
            let response = respond(request)
            guard !response.hangsUp else { return }
            var text = "HTTP/1.1 \(response.status) Double\r\nConnection: close\r\n"
            if response.status != 204 { text += "Content-Length: \(response.body.utf8.count)\r\n" }
            for (name, value) in response.headers { text += "\(name): \(value)\r\n" }
            var bytes = Array((text + "\r\n" + response.body).utf8)
            if response.breaksOff { bytes.removeLast(response.body.utf8.count - response.body.utf8.count / 2) }
            var sent = 0
            while sent < bytes.count {
                let count = bytes[sent...].withUnsafeBytes {
                    send(connection, $0.baseAddress, $0.count, LoopbackSocket.noSignal)
                }
                guard count > 0 else { return }
                sent += count
            }
        }
    }

    private static func read(_ connection: Int32) -> Request? {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(connection, &buffer, buffer.count, 0)
            guard count > 0 else { return nil }
            bytes += buffer[..<count]
            guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { continue }
            let head = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
            var headers: [String: String] = [:]
            for line in head.dropFirst() {
                let parts = line.split(separator: ":", maxSplits: 1)
                if parts.count == 2 { headers[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces) }
            }
            guard bytes.count - end.upperBound >= Int(headers["content-length"] ?? "0") ?? 0 else { continue }
            let words = head.first?.split(separator: " ") ?? []
            guard words.count == 3 else { return nil }
            return Request(
                method: String(words[0]), target: String(words[1]), headers: headers,
                body: String(decoding: bytes[end.upperBound...], as: UTF8.self))
        }
    }
}

/// Sockets of this machine alone.
public enum LoopbackSocket {
    /// A peer that is gone is an error of the call, not a signal.
    static var noSignal: Int32 {
        #if canImport(Darwin)
            0
        #else
            Int32(MSG_NOSIGNAL)
        #endif
    }

    struct Failure: Error {
        let number: Int32
    }

    /// A port that nobody listened on a moment ago, and that is given to nobody else of this process. It is none of those
    /// that the system gives to connections: one of them might have it before the server that it is meant for.
    public static func freePort() throws -> UInt16 {
        var refusal: Failure?
        for _ in 0..<200 {
            let port = UInt16.random(in: 20_000..<32_000)
            guard given.withLock({ $0.insert(port).inserted }) else { continue }
            do throws(Failure) {
                let (socket, port) = try listen(port: port)
                close(socket)
                return port
            } catch {
                refusal = error
            }
        }
        throw refusal ?? Failure(number: EADDRINUSE)
    }

    private static let given = Mutex<Set<UInt16>>([])

    /// Runs `body` with a port that refuses every connection; nobody else can come to listen on it meanwhile.
    public static func withDeadPort<Value>(_ body: (UInt16) async throws -> Value) async throws -> Value {
        let (socket, port) = try listen(isTaking: false)
        defer { close(socket) }
        return try await body(port)
    }

    /// - Parameters:
    ///   - port: 0 for one that the system chooses.
    ///   - isTaking: Whether it takes connections.
    static func listen(port: UInt16 = 0, isTaking: Bool = true) throws(Failure) -> (socket: Int32, port: UInt16) {
        #if canImport(Darwin)
            let descriptor = socket(AF_INET, SOCK_STREAM, 0)
        #else
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #endif
        guard descriptor >= 0 else { throw Failure(number: errno) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(descriptor, pointer, size) == 0 && (!isTaking || Foundation.listen(descriptor, 64) == 0)
                    && getsockname(descriptor, pointer, &size) == 0
            }
        }
        guard isBound else {
            close(descriptor)
            throw Failure(number: errno)
        }
        return (descriptor, UInt16(bigEndian: address.sin_port))
    }
}
