// swift-tools-version: 6.1
import PackageDescription

// The house, from the inside out: a target imports only what stands above it in this list.
// Tests/ArchitectureTests reads the imports and holds the house to it.
let package = Package(
    name: "tenure",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "tenure", targets: ["tenure"]),
        // Preloaded by the crash test, which counts and breaks a process's durable steps with it.
        .library(name: "CrashFaults", type: .dynamic, targets: ["CrashFaults"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        // What async-http-client stands on; mail is sent with it.
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl.git", from: "2.37.6"),
        // The server: `tenure serve`.
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/apple/swift-http-types.git", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-distributed-tracing.git", from: "1.7.3"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.13.0"),
    ],
    targets: [
        // C libraries of the system
        .systemLibrary(name: "CLinux", path: "Sources/CLibraries/CLinux"),
        .systemLibrary(
            name: "CYAML", path: "Sources/CLibraries/CYAML", pkgConfig: "yaml-0.1",
            providers: [.apt(["libyaml-dev"]), .brew(["libyaml"])]),
        .systemLibrary(
            name: "CLDAP", path: "Sources/CLibraries/CLDAP", pkgConfig: "ldap",
            providers: [.apt(["libldap-dev"]), .brew(["openldap"])]),
        .systemLibrary(
            name: "CPostgreSQL", path: "Sources/CLibraries/CPostgreSQL", pkgConfig: "libpq",
            providers: [.apt(["libpq-dev"]), .brew(["libpq"])]),
        .systemLibrary(
            name: "CSQLite", path: "Sources/CLibraries/CSQLite", pkgConfig: "sqlite3",
            providers: [.apt(["libsqlite3-dev"]), .brew(["sqlite3"])]),

        // Domain: pure and synchronous
        .target(name: "StrictJSON", path: "Sources/Domain/StrictJSON"),
        .target(name: "AccessModel", dependencies: ["StrictJSON"], path: "Sources/Domain/AccessModel"),
        .target(
            name: "Definitions", dependencies: ["StrictJSON", "AccessModel", "CYAML"],
            path: "Sources/Domain/Definitions"),
        .target(
            name: "Planning",
            dependencies: [
                "StrictJSON", "AccessModel", "Definitions", .product(name: "Crypto", package: "swift-crypto"),
            ],
            path: "Sources/Domain/Planning"),
        .target(name: "CEL", dependencies: ["StrictJSON"], path: "Sources/Domain/CEL"),
        .target(
            name: "Policies", dependencies: ["StrictJSON", "AccessModel", "Definitions", "Planning", "CEL"],
            path: "Sources/Domain/Policies"),
        .target(
            name: "AuditTrail",
            dependencies: ["StrictJSON", "AccessModel", .product(name: "Crypto", package: "swift-crypto")],
            path: "Sources/Domain/AuditTrail"),

        // Engine: mechanisms that know nothing of leavers
        .target(name: "PostgreSQLDriver", dependencies: ["CPostgreSQL"], path: "Sources/Engine/PostgreSQLDriver"),
        .target(
            name: "Persistence",
            dependencies: [
                "StrictJSON", "AccessModel", "AuditTrail", "PostgreSQLDriver", "CSQLite",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            path: "Sources/Engine/Persistence"),
        // Spans and `traceparent`, for whoever bootstraps nothing else.
        .target(
            name: "Traces",
            dependencies: [
                .product(name: "Instrumentation", package: "swift-distributed-tracing"),
                .product(name: "Tracing", package: "swift-distributed-tracing"),
            ],
            path: "Sources/Engine/Traces"),
        .target(
            name: "ConnectorKit",
            dependencies: [
                "StrictJSON", "AccessModel", "Planning", "CLinux",
                .product(name: "Instrumentation", package: "swift-distributed-tracing"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            path: "Sources/Engine/ConnectorKit"),
        // Pull requests and what is in git, for whatever proposes changes to files.
        .target(
            name: "Forges", dependencies: ["StrictJSON", "AccessModel", "ConnectorKit"], path: "Sources/Engine/Forges"),
        .target(
            name: "WorkflowEngine",
            dependencies: [
                "StrictJSON", "AccessModel", "Planning", "Policies", "AuditTrail", "Persistence", "ConnectorKit",
                .product(name: "Tracing", package: "swift-distributed-tracing"),
            ],
            path: "Sources/Engine/WorkflowEngine"),
        .target(
            name: "Notices",
            dependencies: [
                "StrictJSON", "AccessModel", "Definitions", "AuditTrail", "Persistence", "ConnectorKit",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            path: "Sources/Engine/Notices"),

        // Who speaks: tokens, where their keys come from, and what becomes of each claim.
        .target(
            name: "SignIn",
            dependencies: [
                "StrictJSON", "AccessModel", "Definitions", "AuditTrail", "Persistence", "ConnectorKit",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            path: "Sources/Engine/SignIn"),

        // Connectors: one folder a system
        .target(
            name: "DirectoryConnector", dependencies: ["StrictJSON", "AccessModel", "Planning", "ConnectorKit"],
            path: "Sources/Connectors/Directory", exclude: ["README.md"]),
        .target(
            name: "LDAPConnector", dependencies: ["StrictJSON", "AccessModel", "Planning", "ConnectorKit", "CLDAP"],
            path: "Sources/Connectors/LDAP", exclude: ["README.md"]),
        .target(
            name: "SCIMConnector", dependencies: ["StrictJSON", "AccessModel", "Planning", "ConnectorKit"],
            path: "Sources/Connectors/SCIM", exclude: ["README.md"]),
        .target(
            name: "AWSConnector",
            dependencies: [
                "StrictJSON", "AccessModel", "Planning", "ConnectorKit",
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            path: "Sources/Connectors/AWS", exclude: ["README.md"]),
        .target(
            name: "KubernetesConnector",
            dependencies: [
                "StrictJSON", "AccessModel", "Planning", "ConnectorKit", "Forges", "CYAML",
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            path: "Sources/Connectors/Kubernetes", exclude: ["README.md"]),
        .target(
            name: "PostgreSQLConnector",
            dependencies: ["StrictJSON", "AccessModel", "Planning", "ConnectorKit", "PostgreSQLDriver"],
            path: "Sources/Connectors/PostgreSQL", exclude: ["README.md"]),
        .target(
            name: "VaultConnector",
            dependencies: [
                "StrictJSON", "AccessModel", "Planning", "ConnectorKit",
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            path: "Sources/Connectors/Vault", exclude: ["README.md"]),

        .target(
            name: "Lifecycle",
            dependencies: [
                "StrictJSON", "AccessModel", "Definitions", "Planning", "Policies", "AuditTrail", "Persistence",
                "WorkflowEngine",
                "ConnectorKit", "Notices",
            ],
            path: "Sources/Lifecycle"),

        // App
        .target(
            name: "WebServer",
            dependencies: [
                "StrictJSON", "Traces",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Tracing", package: "swift-distributed-tracing"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "HummingbirdTLS", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            path: "Sources/App/WebServer"),
        .target(
            name: "SCIMServer",
            dependencies: [
                "StrictJSON", "AccessModel", "Definitions", "AuditTrail", "Persistence", "Lifecycle", "WebServer",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            path: "Sources/App/SCIMServer"),
        .target(
            name: "ControlPlane",
            dependencies: [
                "StrictJSON", "AccessModel", "Definitions", "Planning", "Policies", "AuditTrail", "Persistence",
                "WorkflowEngine",
                "ConnectorKit", "Notices", "DirectoryConnector", "LDAPConnector", "SCIMConnector",
                "KubernetesConnector", "AWSConnector", "PostgreSQLConnector", "VaultConnector", "Lifecycle",
                "SignIn", "WebServer", "SCIMServer", "Forges", "Traces",
                .product(name: "Tracing", package: "swift-distributed-tracing"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            path: "Sources/App/ControlPlane"),
        // What commands and the API answer, as values that either prints.
        .target(
            name: "Answers",
            dependencies: [
                "StrictJSON", "AccessModel", "Definitions", "Planning", "Policies", "AuditTrail", "Persistence",
                "WorkflowEngine", "Notices", "Lifecycle", "SCIMServer", "ControlPlane",
            ],
            path: "Sources/App/Answers"),
        .target(
            name: "API",
            dependencies: [
                "StrictJSON", "AccessModel", "Definitions", "Planning", "AuditTrail", "Persistence", "WorkflowEngine",
                "Lifecycle", "Notices", "SignIn", "WebServer", "SCIMServer", "ControlPlane", "Answers",
                "Forges", "ConnectorKit", "Traces",
                .product(name: "Tracing", package: "swift-distributed-tracing"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            path: "Sources/App/API"),
        .executableTarget(
            name: "tenure",
            dependencies: [
                "StrictJSON", "AccessModel", "Definitions", "Planning", "Policies", "AuditTrail", "Persistence",
                "WorkflowEngine", "ConnectorKit", "Notices", "Lifecycle", "ControlPlane", "SignIn", "WebServer",
                "SCIMServer", "Answers", "API", "CLinux", .product(name: "Logging", package: "swift-log"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Sources/App/Command"),

        // Not shipped: `make bench`
        .systemLibrary(name: "CMalloc", path: "Benchmarks/CMalloc"),
        .executableTarget(
            name: "tenure-benchmarks",
            dependencies: [
                "StrictJSON", "AccessModel", "Definitions", "Planning", "Policies", "AuditTrail", "Persistence",
                "ConnectorKit", "WorkflowEngine", "LDAPConnector", "Lifecycle", "TestSupport", "CYAML", "CMalloc",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Benchmarks", exclude: ["CMalloc", "README.md", "peers"]),

        // Tests
        .target(
            name: "TestSupport",
            dependencies: [
                "StrictJSON", "AccessModel", "Definitions", "Planning", "AuditTrail", "Persistence", "ConnectorKit",
                "WebServer", "CLinux",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            path: "Tests/Support"),
        .target(name: "CrashFaults", path: "Tests/CrashFaults"),
        .executableTarget(
            name: "crash-test",
            dependencies: [
                "StrictJSON", "AuditTrail", "TestSupport",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Tests/CrashTest"),
        .executableTarget(name: "clouds-demo", dependencies: ["StrictJSON", "TestSupport"], path: "Tests/CloudsDemo"),
        .executableTarget(
            name: "tenure-undefended",
            dependencies: [
                "AccessModel", "WorkflowEngine", "ControlPlane",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Tests/Undefended"),
        .testTarget(name: "StrictJSONTests", dependencies: ["StrictJSON"]),
        .testTarget(name: "AccessModelTests", dependencies: ["StrictJSON", "AccessModel"]),
        .testTarget(
            name: "DefinitionsTests",
            dependencies: [
                "StrictJSON", "AccessModel", "Definitions", "TestSupport",
            ]),
        .testTarget(
            name: "PlanningTests",
            dependencies: [
                "StrictJSON", "AccessModel", "Definitions", "Planning", "TestSupport",
            ]),
        .testTarget(name: "CELTests", dependencies: ["StrictJSON", "CEL"]),
        .testTarget(
            name: "PoliciesTests",
            dependencies: [
                "AccessModel", "Definitions", "Planning", "Policies", "TestSupport",
            ]),
        .testTarget(name: "AuditTrailTests", dependencies: ["StrictJSON", "AccessModel", "AuditTrail", "TestSupport"]),
        .testTarget(
            name: "PersistenceTests",
            dependencies: [
                "StrictJSON", "AccessModel", "AuditTrail", "Persistence", "TestSupport",
            ]),
        .testTarget(
            name: "ConnectorKitTests",
            dependencies: [
                "StrictJSON", "AccessModel", "ConnectorKit", "TestSupport",
            ]),
        .testTarget(
            name: "ForgesTests", dependencies: ["StrictJSON", "AccessModel", "ConnectorKit", "Forges", "TestSupport"]),
        .testTarget(
            name: "WorkflowEngineTests",
            dependencies: [
                "StrictJSON", "AccessModel", "Planning", "Policies", "AuditTrail", "Persistence", "ConnectorKit",
                "WorkflowEngine", "TestSupport",
            ]),
        .testTarget(
            name: "NoticesTests",
            dependencies: [
                "StrictJSON", "AccessModel", "Definitions", "AuditTrail", "Persistence", "ConnectorKit", "Notices",
                "TestSupport",
            ]),
        .testTarget(
            name: "DirectoryConnectorTests",
            dependencies: [
                "StrictJSON", "AccessModel", "ConnectorKit", "DirectoryConnector", "TestSupport",
            ]),
        .testTarget(
            name: "LDAPConnectorTests",
            dependencies: [
                "StrictJSON", "AccessModel", "ConnectorKit", "LDAPConnector", "TestSupport",
            ]),
        .testTarget(
            name: "SCIMConnectorTests",
            dependencies: [
                "StrictJSON", "AccessModel", "ConnectorKit", "SCIMConnector", "TestSupport",
            ]),
        .testTarget(
            name: "AWSConnectorTests",
            dependencies: [
                "StrictJSON", "AccessModel", "ConnectorKit", "AWSConnector", "TestSupport",
            ]),
        .testTarget(
            name: "KubernetesConnectorTests",
            dependencies: [
                "StrictJSON", "AccessModel", "Definitions", "Planning", "ConnectorKit", "Forges",
                "KubernetesConnector", "TestSupport",
            ]),
        .testTarget(
            name: "PostgreSQLConnectorTests",
            dependencies: [
                "StrictJSON", "AccessModel", "ConnectorKit", "PostgreSQLConnector", "TestSupport",
            ]),
        .testTarget(
            name: "VaultConnectorTests",
            dependencies: [
                "StrictJSON", "AccessModel", "ConnectorKit", "VaultConnector", "TestSupport",
            ]),
        .testTarget(
            name: "LifecycleTests",
            dependencies: [
                "StrictJSON", "AccessModel", "Definitions", "Planning", "Policies", "AuditTrail", "Persistence",
                "WorkflowEngine", "ConnectorKit", "Notices", "DirectoryConnector", "Lifecycle", "TestSupport",
            ]),
        .testTarget(
            name: "ControlPlaneTests",
            dependencies: [
                "StrictJSON", "AccessModel", "Definitions", "AuditTrail", "Persistence", "ConnectorKit", "Notices",
                "Lifecycle", "SignIn", "ControlPlane", "WebServer", "SCIMServer", "Forges", "Planning", "TestSupport",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
            ]),
        .testTarget(
            name: "SignInTests",
            dependencies: [
                "StrictJSON", "AccessModel", "Definitions", "AuditTrail", "Persistence", "ConnectorKit", "SignIn",
                "TestSupport", .product(name: "Crypto", package: "swift-crypto"),
            ]),
        .testTarget(
            name: "TracesTests",
            dependencies: ["Traces", .product(name: "Tracing", package: "swift-distributed-tracing")]),
        .testTarget(
            name: "WebServerTests",
            dependencies: [
                "StrictJSON", "Traces", "WebServer", "TestSupport",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Tracing", package: "swift-distributed-tracing"),
            ]),
        .testTarget(
            name: "APITests",
            dependencies: [
                "StrictJSON", "AccessModel", "Definitions", "AuditTrail", "Persistence", "Lifecycle", "Notices",
                "SignIn", "WebServer", "SCIMServer", "ControlPlane", "Answers", "API", "TestSupport",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
            ]),
        .testTarget(
            name: "SCIMServerTests",
            dependencies: [
                "StrictJSON", "AccessModel", "Definitions", "AuditTrail", "Persistence", "Lifecycle", "WebServer",
                "SCIMServer", "TestSupport", .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
            ]),
        .testTarget(name: "ArchitectureTests", dependencies: ["TestSupport"]),
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "StrictJSON", "AccessModel", "AuditTrail", "ConnectorKit", "DirectoryConnector", "TestSupport",
                .product(name: "Crypto", package: "swift-crypto"),
            ]),
    ]
)
