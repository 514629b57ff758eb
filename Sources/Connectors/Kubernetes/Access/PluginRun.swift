import AccessModel
import Foundation

/// One run of a program whose output is wanted, bounded in time and size. It blocks its thread.
struct PluginRun {
    enum Answer: Sendable {
        case ended(Int32, [UInt8])
        case tookTooLong
        case saidTooMuch
        case notStarted
    }

    let limit: Span
    let maximumAnswer: Int

    func run(_ path: String, _ arguments: [String], _ environment: [String: String]) -> Answer {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        process.environment = environment
        let output = Pipe()
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        // What it complains of may hold a part of the credential.
        process.standardError = FileHandle.nullDevice
        do {
            try process.run()
        } catch {
            return .notStarted
        }
        let answer = read(output.fileHandleForReading.fileDescriptor)
        if case .ended = answer {
            process.waitUntilExit()
        } else {
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
            return answer
        }
        guard case .ended(_, let bytes) = answer else { return answer }
        let status = process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus
        return .ended(status, bytes)
    }

    /// Until the program closes its end, and no longer than the limit: it may have left children that hold it open.
    private func read(_ descriptor: Int32) -> Answer {
        let end = DispatchTime.now() + .milliseconds(Int(limit.milliseconds))
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let now = DispatchTime.now()
            guard now < end else { return .tookTooLong }
            let rest = Int32(clamping: (end.uptimeNanoseconds - now.uptimeNanoseconds) / 1_000_000 + 1)
            var watched = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            let ready = poll(&watched, 1, rest)
            if ready < 0, errno == EINTR { continue }
            guard ready > 0 else { return .tookTooLong }
            let count = Foundation.read(descriptor, &buffer, buffer.count)
            guard count > 0 else { return .ended(0, bytes) }
            bytes += buffer[..<count]
            guard bytes.count <= maximumAnswer else { return .saidTooMuch }
        }
    }
}
