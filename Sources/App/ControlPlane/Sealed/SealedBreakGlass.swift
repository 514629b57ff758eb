import AccessModel
import AuditTrail
import Definitions
import Foundation
import Lifecycle
import StrictJSON

/// What can be done with a sealed grant without the control plane's database: its file, the organisation's folder, and
/// the target are all that is needed.
public enum SealedBreakGlass {
    /// A sealed grant, how far its use has come, and who has signed it.
    public struct Standing: Sendable {
        public let note: SealedNote
        public let use: SealedUse
        /// Those whose signatures count by the files; nil where no files were named.
        public let signers: [EmailAddress]?
        /// Why it cannot be used by the files; nil where it can, or none were named.
        public let problem: String?

        public var json: JSONValue {
            let window = use.window
            return [
                "grant": note.grant.json, "state": .string("\(use.state)"),
                "from": window.map { .string($0.lowerBound.description) } ?? .null,
                "until": window.map { .string($0.upperBound.description) } ?? .null,
                "signers": signers.map { .array($0.map { .string($0.text) }) } ?? .null,
                "problem": problem.map { .string($0) } ?? .null,
                "receipts": .array(use.receipts.map(\.json)),
            ]
        }
    }

    /// Makes a key for one admin, in a file of its owner's alone, and returns its public half for platform.yaml.
    public static func makeKey(for address: EmailAddress, at path: String) throws -> String {
        let name = "tenure-break-glass/" + address.text.replacing("+", with: "%2B")
        let seed = (0..<32).map { _ in UInt8.random(in: 0...255) }
        let signer = try CheckpointSigner(name: name, seed: seed)
        try SealedFile.create(path, signer.encoded.reveal() + "\n")
        return signer.verifier.vkey
    }

    /// Writes a grant that was sealed to a file that is not there yet.
    public static func keep(_ note: SealedNote, at path: String) throws { try SealedFile.create(path, note.encoded) }

    /// Adds the signature of one key to a sealed grant.
    public static func sign(_ file: String, key: String) throws -> SealedNote {
        let note = try SealedFile.read(file)
        let signed = try note.signed(by: try SealedFile.signer(key))
        if signed != note { try SealedFile.replace(file, signed.encoded) }
        return signed
    }

    public static func show(_ file: String, organization directory: String?) throws -> Standing {
        let note = try SealedFile.read(file)
        let use = try ReceiptFile.read(ReceiptFile.path(beside: file), of: note.grant)
        guard let directory else { return Standing(note: note, use: use, signers: nil, problem: nil) }
        let organization = try organization(in: directory)
        let keys = try organization.platform.breakGlass?.sealed.map { try SealedRules.keys(of: $0) } ?? []
        do {
            let signers = try SealedRules(organization).check(note)
            return Standing(note: note, use: use, signers: signers, problem: nil)
        } catch let error as LifecycleError {
            return Standing(note: note, use: use, signers: try note.signers(among: keys), problem: error.message)
        }
    }

    /// Opens the window in its target; see ``SealedWindow/open()``.
    public static func open(
        _ file: String, organization directory: String, as actor: String?
    ) async throws -> Standing {
        let note = try SealedFile.read(file)
        let organization = try organization(in: directory)
        let signers = try SealedRules(organization).check(note)
        let use = try await with(note, file, organization, directory, actor) { try await $0.open() }
        return Standing(note: note, use: use, signers: signers, problem: nil)
    }

    /// Closes it. To take access away nobody's signature is asked for, and no file has to be right but for the target
    /// itself.
    public static func close(
        _ file: String, organization directory: String, as actor: String?
    ) async throws -> Standing {
        let note = try SealedFile.read(file)
        let organization = try narrowest(of: note.grant, in: directory)
        let use = try await with(note, file, organization, directory, actor) { try await $0.close() }
        return Standing(note: note, use: use, signers: nil, problem: nil)
    }

    /// Waits for the end of an open window.
    public static func waitForEnd(of standing: Standing) async throws {
        guard let window = standing.use.window else { return }
        try await InstallationClock().sleep(until: window.upperBound)
    }

    private static func with(
        _ note: SealedNote, _ file: String, _ organization: Organization, _ directory: String, _ actor: String?,
        _ body: (SealedWindow) async throws -> SealedUse
    ) async throws -> SealedUse {
        var narrowed = organization
        narrowed.targets = organization.targets.filter { $0.name == note.grant.target }
        let clock = try InstallationClock()
        let base = URL(filePath: directory).standardizedFileURL.path
        let targets = ConnectorRegistry.connect(narrowed, baseDirectory: base, clock: { clock.now() })
        guard let target = targets.first else {
            throw InstallationError(
                code: .missing, operation: "connect to \(note.grant.target)",
                message: "there is no such target in `\(directory)`")
        }
        let window = SealedWindow(
            note, target: target, receipts: try ReceiptFile(ReceiptFile.path(beside: file), of: note.grant),
            actor: actor ?? "local:\(NSUserName())", now: { clock.now() })
        do {
            let use = try await body(window)
            await target.close()
            return use
        } catch {
            await target.close()
            throw error
        }
    }

    /// Its target alone, from files that may otherwise be broken.
    private static func narrowest(of grant: SealedGrant, in directory: String) throws -> Organization {
        let contents = try DefinitionFolder(directory).read()
        let reading = DefinitionReader.read(
            contents.files, connectors: ConnectorRegistry.abilities, revision: contents.revision)
        if let organization = reading.organization { return organization }
        let platform = Platform(organization: grant.organization, domains: [], sectors: [], tiers: [])
        return Organization(
            platform: platform, tenants: [], core: CoreIAM(), targets: reading.targets, birthright: [],
            revision: contents.revision)
    }

    private static func organization(in directory: String) throws -> Organization {
        let reading = try Installation.read(directory)
        guard let definitions = reading.definitions else {
            throw BrokenDefinitions(reading.diagnostics, outcome: "nothing was opened or closed")
        }
        return definitions.organization
    }
}
