import Foundation
import Glibc

/// Where a command's words go: results to standard output, everything else to standard error.
struct Console: Sendable {
    let format: OutputFormat
    /// Colour on a terminal that wants it; never in a pipe.
    let usesColor: Bool

    init(format: OutputFormat, allowsColor: Bool) {
        self.format = format
        let environment = ProcessInfo.processInfo.environment
        usesColor =
            allowsColor && isatty(STDOUT_FILENO) == 1 && environment["NO_COLOR", default: ""].isEmpty
            && environment["TERM"] != "dumb"
    }

    /// A result.
    func print(_ text: String) { Self.write(text + "\n", to: .standardOutput) }

    /// A remark: what was done, what comes next. Silent under `-o json`.
    func note(_ text: String) {
        if format != .json { Self.write(text + "\n", to: .standardError) }
    }

    /// What went wrong, always shown.
    static func complain(_ text: String) { write(text + "\n", to: .standardError) }

    func styled(_ text: String, _ style: Style) -> String {
        usesColor ? "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m" : text
    }

    enum Style: String {
        case bold = "1"
        case dim = "2"
        case red = "31"
        case green = "32"
        case yellow = "33"
    }

    /// A closed pipe ends the output, not the process: what was being done is done all the same.
    private static func write(_ text: String, to handle: FileHandle) {
        do {
            try handle.write(contentsOf: Data(text.utf8))
        } catch {
            return
        }
    }
}
