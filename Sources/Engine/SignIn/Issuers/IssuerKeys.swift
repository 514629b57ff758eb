import AccessModel

/// The keys of issuers, as those publish them: kept, fetched anew when a token names a key that is not there, and kept on
/// while an issuer is down.
///
/// Nobody waits here for the network but who needs what it brings: a refresh of keys that are only old goes on beside, and
/// any number who miss the same thing wait for one request.
public actor IssuerKeys {
    /// Reads a document from an address of the issuer's.
    public typealias Fetch =
        @Sendable (IssuerSettings, ProviderAddress) async throws(SignInError) -> [UInt8]

    public struct Limits: Sendable {
        /// After this much they are fetched anew beside their use.
        public var freshFor = Span.minutes(10)
        /// After this much without an answer from the issuer they count no more.
        public var goodFor = Span.hours(24)
        /// Between two requests to one issuer, however many unknown keys are named.
        public var interval = Span.seconds(30)
        /// Issuers that are kept.
        public var issuers = 1_000

        public init() {}
    }

    struct Snapshot: Sendable {
        /// Nil where the keys came without one.
        let document: IssuerDocument?
        let keys: KeySet
        let fetchedAt: Instant
    }

    private typealias Refresh = Task<Result<Snapshot, SignInError>, Never>

    private struct Entry {
        var snapshot: Snapshot?
        var attemptedAt: Instant?
        var failure: SignInError?
        var refresh: Refresh?
    }

    private var entries: [IssuerSettings: Entry] = [:]
    private let limits: Limits
    private let now: @Sendable () -> Instant
    private let fetch: Fetch

    public init(limits: Limits = Limits(), now: @escaping @Sendable () -> Instant, fetch: @escaping Fetch) {
        self.limits = limits
        self.now = now
        self.fetch = fetch
    }

    /// Over HTTP.
    public init(limits: Limits = Limits(), now: @escaping @Sendable () -> Instant) {
        self.init(limits: limits, now: now) { (settings, address) async throws(SignInError) in
            try await ProviderHTTP(settings, clock: now).get(address)
        }
    }

    /// The keys that the issuer has now. Where `keyID` is not among them, they may have been fetched a moment ago: then it
    /// has no such key, or none yet.
    ///
    /// - Throws: `unreachable` or `provider` where there are none and there is no way to get them.
    public func keys(of issuer: IssuerSettings, holding keyID: String?) async throws(SignInError) -> KeySet {
        if case .given(let bytes) = issuer.keys { return try KeySet(parsing: bytes) }
        return try await snapshot(issuer) { snapshot in keyID.map { snapshot.keys.holds($0) } ?? true }.keys
    }

    /// What the issuer says about itself.
    public func document(of issuer: IssuerSettings) async throws(SignInError) -> IssuerDocument {
        guard let document = try await snapshot(issuer, suits: { _ in true }).document else {
            throw SignInError(
                code: .provider, operation: "ask `\(issuer.issuer)`",
                message: "its keys are configured without discovery")
        }
        return document
    }

    private func snapshot(
        _ issuer: IssuerSettings, suits: @Sendable (Snapshot) -> Bool
    ) async throws(SignInError) -> Snapshot {
        let moment = now()
        let entry = entries[issuer] ?? Entry()
        let held = entry.snapshot.flatMap { moment - $0.fetchedAt <= limits.goodFor ? $0 : nil }
        let mayAsk = entry.attemptedAt.map { moment < $0 || moment - $0 >= limits.interval } ?? true
        if let held, suits(held) {
            if moment - held.fetchedAt > limits.freshFor, mayAsk, entry.refresh == nil { begin(issuer, moment) }
            return held
        }
        guard let refresh = entry.refresh ?? (mayAsk ? begin(issuer, moment) : nil) else {
            if let held { return held }
            throw entry.failure
                ?? SignInError(code: .unreachable, operation: "ask `\(issuer.issuer)`", message: "it was just asked")
        }
        switch await refresh.value {
        case .success(let snapshot): return snapshot
        // What is known still counts while the issuer is down.
        case .failure(let error):
            if let held { return held }
            throw error
        }
    }

    @discardableResult
    private func begin(_ issuer: IssuerSettings, _ moment: Instant) -> Refresh {
        forgetOthers(than: issuer)
        let fetch = fetch
        let refresh = Refresh { [weak self] in
            let result: Result<Snapshot, SignInError>
            do throws(SignInError) {
                result = .success(try await Self.read(issuer, moment, fetch))
            } catch {
                result = .failure(error)
            }
            await self?.end(issuer, result)
            return result
        }
        entries[issuer, default: Entry()].refresh = refresh
        entries[issuer, default: Entry()].attemptedAt = moment
        return refresh
    }

    private func end(_ issuer: IssuerSettings, _ result: Result<Snapshot, SignInError>) {
        entries[issuer, default: Entry()].refresh = nil
        switch result {
        case .success(let snapshot):
            entries[issuer, default: Entry()].snapshot = snapshot
            entries[issuer, default: Entry()].failure = nil
        case .failure(let error): entries[issuer, default: Entry()].failure = error
        }
    }

    /// Definitions come and go, and their issuers with them.
    private func forgetOthers(than issuer: IssuerSettings) {
        guard entries.count >= limits.issuers, entries[issuer] == nil else { return }
        let oldest = entries.filter { $0.value.refresh == nil }.min { left, right in
            (left.value.attemptedAt ?? Instant(milliseconds: 0)) < (right.value.attemptedAt ?? Instant(milliseconds: 0))
        }
        if let oldest { entries[oldest.key] = nil }
    }

    private static func read(
        _ issuer: IssuerSettings, _ moment: Instant, _ fetch: Fetch
    ) async throws(SignInError) -> Snapshot {
        func address(_ text: String) throws(SignInError) -> ProviderAddress {
            guard let address = ProviderAddress(text) else {
                throw SignInError(
                    code: .provider, operation: "ask `\(issuer.issuer)`", message: "it is no https address")
            }
            return address
        }
        func keys(_ address: ProviderAddress) async throws(SignInError) -> KeySet {
            let keys = try KeySet(parsing: try await fetch(issuer, address))
            // An issuer that has lost its keys for a moment must not take those that are known.
            guard !keys.keys.isEmpty else {
                throw SignInError(
                    code: .provider, operation: "ask `\(issuer.issuer)`",
                    message: "its key set holds no key that can be used"
                        + (keys.skipped.first.map { ": \($0.reason)" } ?? ""))
            }
            return keys
        }
        if case .address(let text) = issuer.keys {
            return Snapshot(document: nil, keys: try await keys(try address(text)), fetchedAt: moment)
        }
        let bytes = try await fetch(issuer, try address(issuer.documentAddress))
        let document = try IssuerDocument(parsing: bytes, of: issuer.issuer)
        return Snapshot(document: document, keys: try await keys(document.keys), fetchedAt: moment)
    }
}
