import AccessModel
import Answers
import ConnectorKit
import ControlPlane
import SignIn
import StrictJSON

/// A server that commands are asked of. Its token goes to it alone: over https, or to this machine, and after no redirect.
struct RemoteServer: Sendable {
    /// As it is named, without a slash at its end.
    let address: String
    let token: SecretText?
    private let clock: @Sendable () -> Instant
    /// Who acts and what time it is, for a rehearsal's server, which believes both.
    let asserted: [HTTPRequest.Field]

    /// Bytes that an answer may have.
    private static let answerLimit = 256 << 20

    /// Nil where a state of one's own is worked on.
    ///
    /// - Parameter isSignedIn: Whether it is shown a token, if there is one.
    init?(_ options: GlobalOptions, isSignedIn: Bool = true) async throws {
        guard let named = options.serverAddress else { return nil }
        address = try Self.check(named)
        let clock = try InstallationClock()
        self.clock = { clock.now() }
        token = isSignedIn ? try await RemoteToken.find(for: address, at: clock.now()) : nil
        asserted = try Self.asserted(options, token)
    }

    private static func asserted(
        _ options: GlobalOptions, _ token: SecretText?
    ) throws -> [HTTPRequest.Field] {
        guard token?.reveal().hasPrefix(Rehearsal.marker) == true else {
            guard options.actor == nil else {
                throw InstallationError(code: .usage, operation: "ask the server", message: GlobalOptions.whoActs)
            }
            return []
        }
        return [
            options.actor.map { HTTPRequest.Field(Rehearsal.personField, $0) },
            GlobalOptions.environment("TENURE_CLOCK").map { HTTPRequest.Field(Rehearsal.clockField, $0) },
        ].compactMap(\.self)
    }

    /// The address in the form by which tokens are kept.
    ///
    /// - Throws: ``InstallationError`` `usage` for one that is not usable.
    static func check(_ text: String) throws -> String {
        do {
            try HTTPSession.Configuration.check(url: text)
        } catch {
            throw InstallationError(
                code: .usage, operation: "ask `\(TextTable.visible(text))`",
                message: error.message.replacing("show the credential", with: "show your token"))
        }
        var address = text
        while address.hasSuffix("/") { address.removeLast() }
        let parts = address.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
        let path = parts.count > 3 ? "/" + parts[3] : ""
        // Scheme and host are the same in any case; a path is not.
        return parts.prefix(3).joined(separator: "/").lowercased() + path
    }

    // MARK: Asking and showing

    /// Asks, prints what is answered, and says how the command ends.
    func show(_ call: RemoteCall, on console: Console) async throws -> ExitStatus {
        if call.isList, console.format == .json { return try await showList(call, on: console) }
        return try print(try await ask(call, accepting: Self.types(console.format)), on: console)
    }

    func print(_ answer: RemoteAnswer, on console: Console) throws -> ExitStatus {
        if console.format == .json {
            let json = try answer.json()
            if !json.isNull { console.print(json.prettyText) }
        } else if !answer.body.isEmpty {
            console.print(answer.text)
        }
        console.say(answer.remarks)
        return answer.status
    }

    static func types(_ format: OutputFormat) -> String {
        switch format {
        case .json: "application/json"
        case .text: "text/plain"
        case .markdown: "text/markdown, text/plain"
        }
    }

    /// Every page of a list, as the one list that it is.
    private func showList(_ call: RemoteCall, on console: Console) async throws -> ExitStatus {
        var items: [JSONValue] = []
        var next: RemoteCall.Field?
        var answer: RemoteAnswer
        repeat {
            var part = call
            part.query([RemoteCall.Field("limit", "1000"), next].compactMap(\.self))
            answer = try await ask(part, accepting: "application/json")
            let json = try answer.json()
            guard let page = json["items"]?.array else { throw answer.incomprehensible }
            items += page
            let last = json["next"]
            next =
                last?.string.flatMap { RemoteCall.Field("cursor", $0) }
                ?? last?.integer.flatMap { RemoteCall.Field("from", "\($0)") }
            // A server that goes round in circles ends here.
            guard next == nil || !page.isEmpty else { throw answer.incomprehensible }
        } while next != nil
        console.print(JSONValue.array(items).prettyText)
        console.say(answer.remarks)
        return answer.status
    }

    /// Asks, as often as is safe.
    ///
    /// - Throws: ``RemoteProblem`` for what the server refuses, ``InstallationError`` where it does not answer.
    func ask(_ call: RemoteCall, accepting types: String) async throws -> RemoteAnswer {
        let session = try session(call.patience)
        let request = call.with(headers: asserted + [HTTPRequest.Field("Accept", types)])
        var attempts = RemoteAttempts(call.repeats)
        while true {
            do {
                let response = try await session.send(
                    request, operation: "ask \(address)", accepting: Set(100..<600))
                if let pause = attempts.pause(after: response, now: clock()) {
                    try await Task.sleep(for: pause)
                    continue
                }
                await session.close()
                return try RemoteAnswer(response, of: call, from: address, hasToken: token != nil)
            } catch let error as ConnectorError {
                if error.code == .unreachable, let pause = attempts.pauseAfterSilence() {
                    try await Task.sleep(for: pause)
                    continue
                }
                await session.close()
                throw RemoteTrouble(error, at: address).error
            }
        }
    }

    /// Writes an answer that goes on for long, line by line.
    func lines(
        of call: RemoteCall, _ body: @escaping @Sendable ([UInt8]) throws -> Void
    ) async throws {
        let session = try session(call.patience)
        do {
            try await session.lines(
                of: call.with(headers: asserted), operation: "read from \(address)", for: call.patience
            ) {
                line throws(ConnectorError) in
                do {
                    try body(line)
                } catch {
                    throw ConnectorError(code: .configuration, operation: "write the file", message: "\(error)")
                }
                return true
            }
        } catch let error as ConnectorError {
            await session.close()
            throw RemoteTrouble(error, at: address).error
        }
        await session.close()
    }

    func session(_ patience: Span) throws -> HTTPSession {
        var configuration = HTTPSession.Configuration(url: address)
        configuration.authorization = token.map { SecretText("Bearer " + $0.reveal()) }
        configuration.timeout = patience
        configuration.maximumBodySize = Self.answerLimit
        configuration.concurrency = 1
        configuration.certificateAuthorities = GlobalOptions.environment("TENURE_AUTHORITIES")
        do {
            return try HTTPSession(configuration, clock: clock)
        } catch {
            throw RemoteTrouble(error, at: address).error
        }
    }
}

extension JSONValue {
    /// An optional value must not be compared with nil: that is JSON's null, too.
    fileprivate var isNull: Bool {
        if case .null = self { true } else { false }
    }
}
