/// A real target that stories change, and that can be put back as it was.
protocol TargetSystem: Sendable {
    /// Its entry's connector and settings in targets.yaml.
    var definition: String { get }
    /// What the command needs to sign in.
    var environment: [String: String] { get }
    /// Where it listens; none for a file.
    var ports: [Int] { get }
    /// Whether it knows roles.
    var hasRoles: Bool { get }

    /// Keeps what it holds now.
    func save() throws
    /// Makes it hold what it held when it was saved.
    func restore() throws
    /// Asked with its own tools.
    func holdings() throws -> Holdings
    func stop()
}

/// The connectors that there are targets for.
enum TargetKind: String, CaseIterable, Sendable {
    case directory, ldap, scim

    /// - Parameter folder: Where a target may keep files.
    func start(in folder: String) async throws -> any TargetSystem {
        switch self {
        case .directory: DirectoryTarget(path: folder + "/corp.directory")
        case .ldap: try SlapdTarget()
        case .scim: try await SCIMTarget()
        }
    }
}

/// A target that cannot be had, or that says what it cannot mean.
struct TargetTrouble: Error, CustomStringConvertible {
    let description: String
}
