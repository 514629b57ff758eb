import Foundation
import Glibc

/// One line on a terminal that fills as work is done; nothing in a pipe.
final class ProgressBar: Sendable {
    private let isShown = isatty(STDERR_FILENO) == 1
    private let title: String

    init(_ title: String) { self.title = title }

    func show(done: Int, total: Int) {
        guard isShown, total > 0 else { return }
        let width = 30
        let filled = min(width, done * width / total)
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
        write("\r\u{1B}[K\(title) \(bar) \(done)/\(total)")
    }

    func finish() {
        if isShown { write("\r\u{1B}[K") }
    }

    private func write(_ text: String) {
        do {
            try FileHandle.standardError.write(contentsOf: Data(text.utf8))
        } catch {
            // A terminal that is gone has nobody to show progress to.
            return
        }
    }
}
