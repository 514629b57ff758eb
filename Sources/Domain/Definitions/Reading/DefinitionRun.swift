import AccessModel

/// One run over an organisation's files: what others refer to is read before what refers to it.
struct DefinitionRun {
    private let files: [DefinitionFile]
    private var scope: Scope
    private var diagnostics: [Diagnostic] = []
    private var outsiders: [ListedPerson] = []
    private var tenants: [Tenant] = []
    private var targets: [TargetDefinition] = []
    private var core = CoreIAM()
    private var birthright: [BirthrightRule] = []
    private var policies: [PolicyDefinition] = []
    private var policyCases: [PolicyCase] = []

    init(files: [DefinitionFile], connectors: [String: TargetAbilities]) {
        self.files = files
        scope = Scope(connectors: connectors)
    }

    mutating func read() {
        var known: [DefinitionPath: DefinitionFile] = [:]
        for file in files { sort(file, into: &known) }
        scope.tenantNames = Set(known.keys.compactMap { if case .tenant(let name) = $0 { name } else { nil } })
        reportMissing(known)
        if var decoder = decoder(known[.platform]) {
            decoder.readPlatform()
            finish(decoder)
        }
        if var decoder = decoder(known[.targets]) {
            targets = decoder.readTargets()
            finish(decoder)
        }
        if var decoder = decoder(known[.core]) {
            core = decoder.coreIAM() ?? core
            finish(decoder)
        }
        if var decoder = decoder(known[.birthright]) {
            birthright = decoder.birthright()
            finish(decoder)
        }
        for name in scope.tenantNames.sorted() {
            guard var decoder = decoder(known[.tenant(name)]) else { continue }
            if let tenant = decoder.tenant(name) { tenants.append(tenant) }
            finish(decoder)
        }
        readPolicies(known)
    }

    private mutating func readPolicies(_ known: [DefinitionPath: DefinitionFile]) {
        let files = known.sorted { $0.value.path < $1.value.path }
        for case (.policies, let file) in files.map({ ($0.key, $0.value) }) {
            guard var decoder = decoder(file) else { continue }
            policies += decoder.policies(ScalarPlaces(file))
            finish(decoder)
        }
        for case (.policyCases, let file) in files.map({ ($0.key, $0.value) }) {
            guard var decoder = decoder(file) else { continue }
            policyCases += decoder.policyCases()
            finish(decoder)
        }
    }

    /// What the files say together; nil in place of the organisation if anything in them is wrong.
    mutating func reading(revision: String) -> DefinitionReading {
        var organization: Organization?
        if let platform = scope.platform {
            var whole = Organization(
                platform: platform, tenants: tenants, core: core, targets: targets, birthright: birthright,
                policies: policies, policyCases: policyCases, revision: revision)
            diagnostics += whole.resolveSeparations()
            diagnostics += GroupNames.problems(in: whole, connectors: scope.connectors)
            if !diagnostics.contains(where: { $0.severity == .error }) {
                diagnostics += ApproverCount.problems(in: whole)
                organization = whole
            }
        }
        return DefinitionReading(
            organization: organization, diagnostics: diagnostics.sorted(),
            outsiders: outsiders.sorted { ($0.place, $0.email) < ($1.place, $1.email) }, targets: targets)
    }

    // MARK: Files

    private mutating func sort(_ file: DefinitionFile, into known: inout [DefinitionPath: DefinitionFile]) {
        let path = DefinitionPath(file.path)
        switch path {
        case .platform, .core, .targets, .birthright, .tenant, .policies, .policyCases:
            if known.updateValue(file, forKey: path) != nil {
                report(.error, "duplicate-file", file.path, "the file is given twice")
            }
        case .unknown:
            let names = ["platform.yaml", "core-iam.yaml", "targets.yaml", "birthright.yaml"]
            let otherwise = "; known are \(SchemaDecoder.listed(names))"
            let hint = NearestName.suggestion(for: file.path, among: names, otherwise: otherwise)
            report(.warning, "unknown-file", file.path, "nothing reads this file\(hint)")
        case .refused(let reason):
            report(.error, "bad-path", file.path, reason)
        case .ignored:
            break
        }
    }

    private mutating func reportMissing(_ known: [DefinitionPath: DefinitionFile]) {
        func missing(_ path: DefinitionPath, _ name: String, _ severity: Diagnostic.Severity, _ message: String) {
            if known[path] == nil { report(severity, "missing-file", name, message) }
        }
        missing(.platform, "platform.yaml", .error, "the file is missing; an organisation needs it")
        missing(
            .targets, "targets.yaml", .warning, "the file is missing; without a target there is nothing to plan for")
        missing(.core, "core-iam.yaml", .warning, "the file is missing; the core sectors' groups stay empty")
        missing(.birthright, "birthright.yaml", .warning, "the file is missing; nobody has an account by birthright")
        if scope.tenantNames.isEmpty {
            report(.warning, "no-tenants", "tenants", "there is no `tenants/NAME.yaml`; no tenant has access")
        }
    }

    private mutating func report(_ severity: Diagnostic.Severity, _ code: String, _ file: String, _ message: String) {
        // A path may hold what moves a terminal; what a message shows is the quoted form.
        let shown = file.isPrintable(allowsLines: false) ? file : file.quoted
        let place = SourceLocation(file: shown, line: 1, column: 1)
        diagnostics.append(Diagnostic(severity: severity, code: code, place: place, message: message))
    }

    private mutating func decoder(_ file: DefinitionFile?) -> SchemaDecoder? {
        guard let file else { return nil }
        let outcome = YAMLReader.read(file)
        diagnostics += outcome.diagnostics
        return outcome.tree.map { SchemaDecoder(tree: $0, scope: scope) }
    }

    private mutating func finish(_ decoder: SchemaDecoder) {
        scope = decoder.scope
        diagnostics += decoder.diagnostics
        outsiders += decoder.outsiders
    }
}
