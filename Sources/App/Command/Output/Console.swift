import Answers
import Foundation
import Glibc
import StrictJSON

/// Where a command's words go: results to standard output, everything else to standard error.
struct Console: Sendable {
    let format: OutputFormat
    /// Colour on a terminal that wants it; never in a pipe.
    let ink: Ink

    init(format: OutputFormat, allowsColor: Bool) {
        self.format = format
        let environment = ProcessInfo.processInfo.environment
        ink = Ink(
            usesColor: allowsColor && isatty(STDOUT_FILENO) == 1 && environment["NO_COLOR", default: ""].isEmpty
                && environment["TERM"] != "dumb")
    }

    /// A result.
    func print(_ text: String) { Self.write(text + "\n", to: .standardOutput) }

    /// A remark: what was done, what comes next. Silent under `-o json`.
    func note(_ text: String) {
        if format != .json { Self.write(text + "\n", to: .standardError) }
    }

    /// What went wrong, always shown.
    static func complain(_ text: String) { write(text + "\n", to: .standardError) }

    func styled(_ text: String, _ style: Ink.Style) -> String { ink.styled(text, style) }

    func say(_ remarks: [Printout.Remark]) {
        for remark in remarks {
            switch remark {
            case .note(let text): note(text)
            case .complaint(let text): Self.complain(text)
            }
        }
    }

    /// The result in the form that is wanted, and what is said beside it.
    func show(_ printout: Printout) {
        if let text = result(printout) { print(text) }
        say(printout.remarks(ink))
    }

    /// Nil where there is nothing to print.
    private func result(_ printout: Printout) -> String? {
        switch format {
        case .markdown where printout.markdown != nil: printout.markdown?()
        case .json where !printout.isVerbatim: printout.json?.prettyText
        case .json, .text, .markdown: printout.text(ink)
        }
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
