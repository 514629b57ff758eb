import Foundation

/// A server in a process of its own. It ends with this value.
final class ServedProcess: Sendable {
    let port: Int
    private let process: Process

    /// - Parameters:
    ///   - arguments: Made of the port, which is free.
    ///   - log: A file for all that it says.
    ///   - ready: A path that is answered once it takes requests, whatever it answers.
    init(
        _ executable: String, environment: [String: String] = [:], log: String, ready: String,
        _ arguments: (Int) -> [String]
    ) throws {
        port = try Self.freePort()
        process = Process()
        process.executableURL = URL(filePath: executable)
        process.arguments = arguments(port)
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { _, new in new }
        _ = FileManager.default.createFile(atPath: log, contents: nil)
        let output = FileHandle(forWritingAtPath: log)
        process.standardOutput = output
        process.standardError = output
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let probe = HTTPConnection(port: port)
        let deadline = Stopwatch.wall.seconds + 60
        while true {
            do {
                _ = try probe.ask(HTTPText.get(ready))
                return
            } catch {
                guard process.isRunning, Stopwatch.wall.seconds < deadline else {
                    stop()
                    let said = try String(contentsOfFile: log, encoding: .utf8)
                    throw HTTPConnection.Failure(description: "\(executable) did not come up: \(said.suffix(1_000))")
                }
                usleep(50_000)
            }
        }
    }

    deinit { stop() }

    func stop() {
        guard process.isRunning else { return }
        process.terminate()
        let deadline = Stopwatch.wall.seconds + 20
        while process.isRunning, Stopwatch.wall.seconds < deadline { usleep(20_000) }
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        process.waitUntilExit()
    }

    var isRunning: Bool { process.isRunning }

    /// MiB of memory that it holds now.
    var residentMemory: Double {
        let status = (try? String(contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        let kibibytes = line?.split(separator: " ").dropFirst().first.flatMap { Double($0) }
        return (kibibytes ?? 0) / 1_024
    }

    /// CPU seconds that it has taken.
    var cpuSeconds: Double {
        let text = (try? String(contentsOfFile: "/proc/\(process.processIdentifier)/stat", encoding: .utf8)) ?? ""
        let fields = text.split(separator: ")").last?.split(separator: " ") ?? []
        guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else { return 0 }
        return (user + system) / 100
    }

    /// Returns once it does nothing of its own, such as its first look at everything; after two minutes at the latest.
    func waitUntilIdle() {
        for _ in 0..<120 {
            let before = cpuSeconds
            usleep(1_000_000)
            if cpuSeconds - before < 0.1 { return }
        }
    }

    private static func freePort() throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(descriptor, address, length) == 0 ? getsockname(descriptor, address, &length) : -1
            }
        }
        guard code == 0 else { throw HTTPConnection.Failure(description: "no port is free") }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}

/// Requests as bytes.
enum HTTPText {
    static func get(_ path: String, headers: String = "") -> [UInt8] {
        Array("GET \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\n\(headers)\r\n".utf8)
    }

    static func post(_ path: String, type: String, headers: String = "", _ body: String) -> [UInt8] {
        Array(
            """
            POST \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: \(type)\r\nContent-Length: \(body.utf8.count)\r
            \(headers)\r\n\(body)
            """.utf8)
    }
}
