import Foundation
import Synchronization

/// A double of a mail server that says fixed lines, whatever it is told: for what a real one cannot be made to do. It
/// is written from RFC 5321 and proves nothing about any product.
public final class MailDouble: Sendable {
    public let port: Int
    private let listener: Int32
    private let log = Mutex<[UInt8]>([])

    /// - Parameter replies: The first is said at once, each other after something came in; then it is silent.
    public init(_ replies: [String]) throws {
        let (listener, port) = try LoopbackSocket.listen()
        self.listener = listener
        self.port = Int(port)
        Thread.detachNewThread { [weak self] in
            while case let connection = accept(listener, nil, nil), connection >= 0 {
                self?.serve(connection, replies)
                close(connection)
            }
        }
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }

    /// All that came in.
    public var received: String { log.withLock { String(decoding: $0, as: UTF8.self) } }

    private func serve(_ connection: Int32, _ replies: [String]) {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        for reply in replies {
            let bytes = Array((reply + "\r\n").utf8)
            _ = bytes.withUnsafeBytes { send(connection, $0.baseAddress, $0.count, LoopbackSocket.noSignal) }
            let count = recv(connection, &buffer, buffer.count, 0)
            guard count > 0 else { return }
            log.withLock { $0 += buffer[..<count] }
        }
        while recv(connection, &buffer, buffer.count, 0) > 0 {}
    }
}
