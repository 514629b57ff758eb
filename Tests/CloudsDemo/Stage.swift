import Foundation
import TestSupport

/// Where the story is told: runs the command, shows what it says, and asks the witnesses.
struct Stage {
    /// The clients that are asked; none of them is Tenure's.
    enum Witness: String {
        case ldap = "ldapsearch"
        case psql
        case boto3
        case botocore
        case kubernetes = "SubjectAccessReview"
    }

    private(set) var asked = 0
    private(set) var wrong = 0
    private var clock = ""
    private let command: TenureCommand
    private let isTerminal = isatty(1) == 1

    init(_ world: CloudsWorld) throws {
        var command = try TenureCommand(in: world.folder)
        command.environment.merge(world.secrets) { $1 }
        self.command = command
    }

    mutating func at(_ time: String) { clock = time }

    // MARK: Telling

    func chapter(_ title: String) { print("\n" + styled(title, "1")) }

    func say(_ text: String) { print(styled(text, "2")) }

    static func complain(_ text: String) { FileHandle.standardError.write(Data("clouds-demo: \(text)\n".utf8)) }

    private func styled(_ text: String, _ code: String) -> String {
        isTerminal ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }

    // MARK: The command

    struct UnexpectedStatus: Error, CustomStringConvertible {
        let description: String
    }

    /// Runs it, and shows what it said, or of many lines the last.
    ///
    /// - Throws: ``UnexpectedStatus`` when it ends otherwise than it should.
    func run(_ arguments: String..., status: Int32 = 0, lines: Int = .max) async throws {
        print(styled("$ tenure " + arguments.joined(separator: " "), "1"))
        var command = command
        command.environment["TENURE_CLOCK"] = clock
        let outcome = try await command.run(arguments)
        let said = outcome.everything.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        let isExpected = outcome.status == status
        if isExpected, said.count > lines { say("...") }
        for line in isExpected ? said.suffix(lines) : said[...] { print(line) }
        guard isExpected else {
            throw UnexpectedStatus(description: "expected exit status \(status), got \(outcome.status)")
        }
    }

    // MARK: The witnesses

    /// Asks each of them whether something is so; it should be.
    mutating func ask(_ what: String, of witnesses: [Witness], _ isSo: (Witness) throws -> Bool) throws {
        for witness in witnesses {
            asked += 1
            let answer = try isSo(witness)
            if !answer { wrong += 1 }
            let mark = answer ? styled("ok   ", "32") : styled("WRONG", "31")
            print("  \(mark) \(witness.rawValue.padding(toLength: 20, withPad: " ", startingAt: 0)) \(what)")
        }
    }
}
