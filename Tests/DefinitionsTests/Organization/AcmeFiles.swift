import AccessModel
import Definitions

/// A small organisation whose files are right, and what is made of them once one of them is changed.
struct AcmeFiles {
    var files: [String: [UInt8]] = [
        "platform.yaml": Array(platform.utf8), "core-iam.yaml": Array(core.utf8),
        "targets.yaml": Array(targets.utf8), "birthright.yaml": Array(birthright.utf8),
        "tenants/cart.yaml": Array(cart.utf8), "policies/shop.yaml": Array(policies.utf8),
        "policies/shop.cases.yaml": Array(policyCases.utf8),
    ]

    static let platform = """
        organization: acme
        domains: [acme.example]
        sectors:
          - {name: platform, core: true}
          - {name: security, core: true}
          - {name: shop}
          - {name: lab, tiers: [sandbox]}
        tiers:
          - {name: sandbox}
          - {name: live, live: true}
        regions:
          - {name: eu01}
        naming: {group: "{tenant}-{tier}-{roles}"}
        jit:
          live_contributor: {approval: self, max_duration_hours: 4}
        ceilings: {max_duration_hours: 12}
        guards: {max_removals_percent: 5, max_removals_people: 10}
        break_glass: {people: [ada@acme.example]}
        timezone: UTC
        retention: {disabled_accounts: 30d}

        """

    static let core = """
        identity_provider: corp
        sectors:
          - name: platform
            tiers:
              - name: live
                groups:
                  operator: {name: platform-live-operator, type: non-human}
                  admins: {name: platform-live-admins, jit: {eligible_from: platform-live-readers}, members: [ada@acme.example, bob@acme.example]}
                  readers: {name: platform-live-readers, standing: true, members: [eve@acme.example]}
          - name: security
            tiers:
              - name: live
                groups:
                  admins: {name: security-live-admins, type: human, jit: {max_duration_hours: 1}}
        cross_sector_reads:
          - {group: platform-live-readers, target_sector: shop, target_tier: live, reason: metrics}

        """

    static let targets = """
        targets:
          - name: corp
            connector: directory
            identity_provider: true
            settings: {path: corp.directory}
            credential: env:CORP_PASSWORD
          - name: store
            connector: short
            covers: {sector: shop}

        """

    static let birthright = """
        rules:
          - name: everyone
            match: {}
            accounts: [corp]
          - name: engineers
            match: {department: Engineering, type: [employee, contractor]}
            groups: [{target: corp, name: engineering}]

        """

    static let cart = """
        name: cart
        sectors: [shop]
        members:
          admins: [cyd@acme.example, dan@acme.example]
          contributors:
            - eve@acme.example
          readers: []
        standing: {sandbox: [contributor]}
        workload_identity:
          live:
            issuer: https://token.actions.githubusercontent.com
            subject: repo:acme/cart:environment:live
            audience: api://exchange
        jit_overrides:
          live_contributor: {approval: peer, max_duration_hours: 2}
        compliance: pci-dss

        """

    static let policies = """
        policies:
          - name: closed
            on: [request, break-glass]
            when: group.tenant == "cart" && now.getHours() < 8
            deny: the shop is closed before 8
            require_approval: {from: [cart-live-admins, ada@acme.example], count: 2, within: 4h}

        """

    static let policyCases = """
        cases:
          - name: early
            on: request
            given: {group: cart/live/contributor, now: "2026-11-21T06:00:00Z"}
            expect: {verdict: denied, by: [closed]}

        """

    /// `directory` takes long names of groups, `short` only 40 bytes.
    static let connectors: [String: TargetAbilities] = [
        "directory": abilities(255), "short": abilities(40),
    ]

    private static func abilities(_ length: Int) -> TargetAbilities {
        TargetAbilities(
            kinds: [.account, .group, .membership], holdsWorkloadMembers: true, holdsEmptyGroups: true,
            maximumGroupNameLength: length)
    }

    func read() -> DefinitionReading {
        let list = files.map { DefinitionFile(path: $0.key, bytes: $0.value) }
        return DefinitionReader.read(list, connectors: Self.connectors, revision: "r1")
    }

    /// The organisation with one passage of one file replaced.
    static func with(_ path: String, _ passage: String, _ replacement: String) -> AcmeFiles {
        AcmeFiles().replacing(path, passage, replacement)
    }

    func replacing(_ path: String, _ passage: String, _ replacement: String) -> AcmeFiles {
        var acme = self
        let text = String(decoding: files[path] ?? [], as: UTF8.self)
        acme.files[path] = Array(text.replacing(passage, with: replacement, maxReplacements: 1).utf8)
        return acme
    }

    /// The organisation with one file replaced or added.
    static func with(_ path: String, bytes: some Sequence<UInt8>) -> AcmeFiles {
        var acme = AcmeFiles()
        acme.files[path] = Array(bytes)
        return acme
    }
}
