import Foundation
import StrictJSON
import Synchronization

/// boto3 in a process of its own that stays: making its clients anew for each question takes a second.
final class BotoSession: Sendable {
    private struct Pipes {
        let orders: FileHandle
        let answers: FileHandle
        var unread: [UInt8] = []
    }

    /// One question at a time.
    private let pipes: Mutex<Pipes>
    private let process: ChildProcess

    init(_ python: String, endpoint: String) throws {
        process = try ChildProcess(
            python, [TestSystems.packageDirectory + "/Scripts/aws/boto.py", endpoint], input: nil, output: nil,
            errors: nil)
        guard let orders = process.orders, let answers = process.answers else {
            throw ToolFailure(description: "boto3 has no pipes")
        }
        // The process closes both.
        pipes = Mutex(
            Pipes(
                orders: FileHandle(fileDescriptor: orders, closeOnDealloc: false),
                answers: FileHandle(fileDescriptor: answers, closeOnDealloc: false)))
    }

    func stop() { process.end(SIGKILL) }

    /// What the piece of Python left in `result`.
    func run(_ source: String, _ arguments: [String], as key: MotoServer.Key?) throws -> JSONValue {
        var order = JSONObject()
        order["source"] = .string(source)
        order["arguments"] = .array(arguments.map { .string($0) })
        if let key {
            order["key"] = .string(key.id)
            order["secret"] = .string(key.secret)
        }
        let answer = try pipes.withLock { pipes in
            try pipes.orders.write(contentsOf: Data(JSONValue.object(order).canonicalBytes + [0x0A]))
            return try JSONParser.parse(try Self.line(&pipes))
        }
        if let error = answer["error"]?.string { throw ToolFailure(description: "boto3 failed: \(error)") }
        return answer["result"] ?? .null
    }

    private static func line(_ pipes: inout Pipes) throws -> [UInt8] {
        while true {
            if let end = pipes.unread.firstIndex(of: 0x0A) {
                let line = Array(pipes.unread[..<end])
                pipes.unread.removeFirst(end + 1)
                return line
            }
            let more = pipes.answers.availableData
            guard !more.isEmpty else { throw ToolFailure(description: "boto3 has ended") }
            pipes.unread += more
        }
    }
}
