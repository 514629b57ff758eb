import AccessModel
import SignIn

/// How people and runners show who they are to a server.
public struct SignInSettings: Sendable {
    /// The provider that people sign in with.
    public struct Provider: Sendable {
        public let client: ProviderClient
        /// What the API is called in tokens of the provider; the client's own name unless said otherwise.
        public let audience: String
        /// Clients whose tokens the API takes beside: the command line's.
        public let clients: Set<String>
        public let personClaim: PersonClaim

        public init(
            client: ProviderClient, audience: String? = nil, clients: Set<String> = [],
            personClaim: PersonClaim = .email
        ) {
            self.client = client
            self.audience = audience ?? client.id
            self.clients = clients.union([client.id])
            self.personClaim = personClaim
        }
    }

    /// The address that browsers and runners use, `https://tenure.example.com`: scheme, host and port.
    public let server: String
    /// Nil in an installation without one: then there is the bootstrap link alone.
    public let provider: Provider?
    /// Issuers of workloads of which more is to say than that they are declared.
    public let workloadIssuers: [IssuerSettings]
    public var sessions = SessionDesk.Limits()

    /// - Parameter server: A slash at its end is dropped.
    public init(server: String, provider: Provider? = nil, workloadIssuers: [IssuerSettings] = []) {
        self.server = server.hasSuffix("/") ? String(server.dropLast()) : server
        self.provider = provider
        self.workloadIssuers = workloadIssuers
    }

    /// Whether browsers reach it over TLS, as cookies have to know.
    var isEncrypted: Bool { server.hasPrefix("https://") }
    /// Where the provider sends browsers back to; it has to know this address to the byte.
    public var redirect: String { server + "/login/callback" }
}
