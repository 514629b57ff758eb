/// What is configured of issuers of workloads. Those of which nothing is to say are only declared.
public struct IssuerDirectory: Sendable {
    private let workloadIssuers: [String: IssuerSettings]

    /// - Parameter workloadIssuers: Those of which more is to say than their name: keys that are not where the issuer's
    ///   document would be, a private network, tokens that are taken once.
    public init(workloadIssuers: [IssuerSettings] = []) {
        self.workloadIssuers = Dictionary(workloadIssuers.map { ($0.issuer, $0) }) { first, _ in first }
    }

    /// The settings of an issuer that the definitions declare. A tenant's file can name any address: one that is not
    /// configured leads into the Internet and nowhere else, this machine not excepted.
    public func workloadIssuer(_ issuer: String) -> IssuerSettings {
        guard let known = workloadIssuers[issuer], known.issuer.utf8.elementsEqual(issuer.utf8) else {
            return IssuerSettings(issuer, reach: .anywherePublic)
        }
        return known
    }
}
