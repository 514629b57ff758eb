import NIOSSL

/// How a server listens, and what it puts up with.
public struct WebSettings: Sendable {
    public var host: String
    /// 0 for one that is free.
    public var port: Int
    /// Nil for plain HTTP: on loopback, or behind something that ends TLS.
    public var tls: TLSConfiguration?
    /// Connections at once; further ones wait to be accepted.
    public var maximumConnections: Int
    /// A request's head has to come within it, and so has the next request on a connection.
    public var idleTimeout: Duration
    /// A body has to come within it, however slowly each byte comes.
    public var bodyTimeout: Duration
    /// Bytes of all header fields.
    public var headerLimit: Int
    /// That one address may make, and a second's worth of them at once; nil for no limit.
    public var requestsPerSecond: Int?
    /// Whether each request is a span of the tracer in force, in the trace that it names.
    public var isTraced: Bool

    public init(
        host: String = "127.0.0.1", port: Int = 0, tls: TLSConfiguration? = nil, maximumConnections: Int = 1_024,
        idleTimeout: Duration = .seconds(30), bodyTimeout: Duration = .seconds(30), headerLimit: Int = 32 << 10,
        requestsPerSecond: Int? = nil, isTraced: Bool = false
    ) {
        self.host = host
        self.port = port
        self.tls = tls
        self.maximumConnections = maximumConnections
        self.idleTimeout = idleTimeout
        self.bodyTimeout = bodyTimeout
        self.headerLimit = headerLimit
        self.requestsPerSecond = requestsPerSecond
        self.isTraced = isTraced
    }
}
