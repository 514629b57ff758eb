import Foundation
import Synchronization

/// Stands before a PostgreSQL server and breaks connections, by a seed, at statements: it knows where a request of the
/// protocol ends and where its answer does. It speaks to what does not encrypt.
public final class PostgreSQLFaultProxy: Sendable {
    public enum Fault: String, CaseIterable, Sendable {
        /// Nobody is let in.
        case refused
        /// Broken off before the statements arrive.
        case before
        /// Done, and the answer never comes.
        case lost
        /// Done, and half of the answer comes.
        case half
        /// Broken off while the server works.
        case during
    }

    public let port: Int
    /// How often each fault was made.
    public var made: [Fault: Int] { state.withLock { $0.made } }

    private struct State {
        var generator: SeededGenerator
        var made: [Fault: Int] = [:]
        var isStopped = false
    }

    private let state: Mutex<State>
    private let listener: Int32
    private let server: UInt16
    private let percent: Int

    /// - Parameter percent: Of the round trips, how many are broken.
    public init(to port: Int, seed: UInt64, percent: Int) throws {
        let (socket, own) = try LoopbackSocket.listen()
        listener = socket
        self.port = Int(own)
        server = UInt16(port)
        self.percent = percent
        state = Mutex(State(generator: SeededGenerator(seed: seed)))
        Thread.detachNewThread { [listener, weak self] in
            while case let client = accept(listener, nil, nil), client >= 0 {
                guard let self else {
                    close(client)
                    return
                }
                Thread.detachNewThread { self.serve(client) }
            }
        }
    }

    deinit { stop() }

    public func stop() {
        let wasStopped = state.withLock { state in
            defer { state.isStopped = true }
            return state.isStopped
        }
        guard !wasStopped else { return }
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }

    private func fault(_ some: [Fault]) -> Fault? {
        state.withLock { state in
            guard state.generator.chance(percent) else { return nil }
            let fault = state.generator.pick(some)
            state.made[fault, default: 0] += 1
            return fault
        }
    }

    private func serve(_ client: Int32) {
        defer { close(client) }
        guard fault([.refused]) == nil, let upstream = LoopbackSocket.connect(server) else { return }
        defer { close(upstream) }
        let (requests, answers) = (ByteStream(client), ByteStream(upstream))
        guard signIn(requests, answers) else { return }
        while let request = requests.messages(until: [UInt8(ascii: "S"), UInt8(ascii: "X")]) {
            let fault = request.first == UInt8(ascii: "X") ? nil : fault([.before, .lost, .half, .during])
            if fault == .before { return }
            guard answers.send(request), fault != .during else { return }
            guard let answer = answers.messages(until: [UInt8(ascii: "Z")]) else { return }
            switch fault {
            case nil: guard requests.send(answer) else { return }
            case .half:
                _ = requests.send(Array(answer.prefix(answer.count / 2)))
                return
            default: return
            }
        }
    }

    /// Both talk until the server is ready; the first message of the client has no kind.
    private func signIn(_ requests: ByteStream, _ answers: ByteStream) -> Bool {
        guard let startup = requests.untyped(), answers.send(startup) else { return false }
        while let answer = answers.message() {
            guard requests.send(answer) else { return false }
            if answer.first == UInt8(ascii: "Z") { return true }
            // It asks for a password, or for the next step of proving one; what follows "done" comes by itself.
            guard answer.first == UInt8(ascii: "R"), answer.count > 8, answer[8] != 0, answer[8] != 12 else { continue }
            guard let reply = requests.message(), answers.send(reply) else { return false }
        }
        return false
    }
}

/// Messages of the protocol: a kind, four bytes of length, the rest.
private final class ByteStream {
    private let socket: Int32
    private var buffer: [UInt8] = []

    init(_ socket: Int32) { self.socket = socket }

    func send(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Foundation.send(socket, $0.baseAddress, $0.count, LoopbackSocket.noSignal)
            }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    /// All messages up to one of these kinds, which ends them; nil when the connection does.
    func messages(until kinds: Set<UInt8>) -> [UInt8]? {
        var all: [UInt8] = []
        while let next = message() {
            all += next
            if let kind = next.first, kinds.contains(kind) { return all }
        }
        return nil
    }

    func message() -> [UInt8]? { take(header: 1) }

    func untyped() -> [UInt8]? { take(header: 0) }

    private func take(header: Int) -> [UInt8]? {
        guard fill(header + 4) else { return nil }
        let length = buffer[header..<(header + 4)].reduce(0) { $0 << 8 | Int($1) }
        guard length >= 4, fill(header + length) else { return nil }
        defer { buffer.removeFirst(header + length) }
        return Array(buffer.prefix(header + length))
    }

    private func fill(_ count: Int) -> Bool {
        var part = [UInt8](repeating: 0, count: 65_536)
        while buffer.count < count {
            let received = recv(socket, &part, part.count, 0)
            guard received > 0 else { return false }
            buffer += part[..<received]
        }
        return true
    }
}

extension LoopbackSocket {
    /// A connection to a port of this machine; nil where nobody listens.
    static func connect(_ port: UInt16) -> Int32? {
        #if canImport(Darwin)
            let descriptor = socket(AF_INET, SOCK_STREAM, 0)
        #else
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #endif
        guard descriptor >= 0 else { return nil }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        address.sin_port = port.bigEndian
        let isConnected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                Foundation.connect(descriptor, pointer, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        guard isConnected else {
            close(descriptor)
            return nil
        }
        return descriptor
    }
}
