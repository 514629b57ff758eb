import Foundation
import TestSupport

/// The library that is preloaded into a process to count its steps and to break one.
struct FaultHook: Sendable {
    private let library: String

    struct Missing: Error, CustomStringConvertible {
        let description: String
    }

    /// Beside the executable that is running.
    init() throws {
        let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        library = (own as NSString).deletingLastPathComponent + "/libCrashFaults.so"
        guard FileManager.default.fileExists(atPath: library) else {
            throw Missing(description: "`\(library)` is missing; build it: swift build --product CrashFaults")
        }
    }

    /// The command as it is to be run for this fault; without one its steps are only counted.
    func arm(
        _ command: TenureCommand, with fault: Fault?, root: String, ports: [Int], log: String
    ) -> TenureCommand {
        var armed = command
        armed.environment["LD_PRELOAD"] = library
        armed.environment["CRASH_TEST_ROOT"] = root
        armed.environment["CRASH_TEST_PORTS"] = ports.map(String.init).joined(separator: ",")
        armed.environment["CRASH_TEST_LOG"] = log
        armed.environment["CRASH_TEST_FAULT"] = fault?.description ?? ""
        return armed
    }
}

/// What the hook wrote down of one process.
struct HookLog: Sendable {
    /// Whose fault has struck; nil as long as it has not.
    let struck: Int32?
    /// How often each kind of step happened, of a process that came to its end.
    let counts: [Fault.Step: Int]

    init(path: String) {
        let text = FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) } ?? ""
        var struck: Int32?
        var counts: [Fault.Step: Int] = [:]
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            if words.first == "struck" { struck = words.last.flatMap { Int32($0) } }
            for word in words {
                let parts = word.split(separator: "=")
                guard parts.count == 2, let step = Fault.Step(rawValue: String(parts[0])) else { continue }
                counts[step] = max(counts[step] ?? 0, Int(parts[1]) ?? 0)
            }
        }
        self.struck = struck
        self.counts = counts
    }
}
