import ArgumentParser
import Foundation

/// Writes a made-up organisation as a folder, for a person who wants to look at it or run `tenure` on it.
struct PrepareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prepare", abstract: "write a made-up organisation's folder and its people feed")

    @Option(help: "identities") var size = 1_000
    @Option(help: "the same seed makes the same organisation") var seed: UInt64 = 1
    @Argument(help: "a folder that is not there yet") var folder: String

    func run() throws {
        try Enterprise(size: size, seed: seed).write(to: URL(filePath: folder))
    }
}
