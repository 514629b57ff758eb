import ControlPlane
import Foundation

/// A file that a command is given, or standard input.
enum InputFile {
    static func read(_ path: String) throws -> [UInt8] {
        if path == "-" { return Array(try FileHandle.standardInput.readToEnd() ?? Data()) }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw InstallationError(
                code: .file, operation: "read `\(path)`", message: "it is not there, or not readable")
        }
        return Array(data)
    }

    /// What a server is told of a file's name, for its remarks: nothing of one that is too long to be read.
    static func shown(_ path: String) -> String? { (1...200).contains(path.unicodeScalars.count) ? path : nil }
}
