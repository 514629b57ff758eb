import Foundation
import StrictJSON
import TestSupport

/// Four real systems on loopback, each set up as the READMEs of the connectors say, and Mountainlab's files that name them.
final class CloudsWorld: Sendable {
    let slapd: LDAPSlapd
    let database: PostgreSQLServer
    let moto: MotoServer
    let kubernetes: KubernetesServer
    let folder: String
    /// What the targets' references name.
    let secrets: [String: String]
    static let databasePassword = "password-of-the-connector"

    /// Nil, after saying so, where one of them is not installed.
    static func start() async throws -> CloudsWorld? {
        guard let slapd = try LDAPSlapd.start(), let database = try PostgreSQLServer.start(),
            let moto = try await MotoServer.start(), let kubernetes = try KubernetesServer.start()
        else { return nil }
        return try CloudsWorld(slapd, database, moto, kubernetes)
    }

    private init(_ slapd: LDAPSlapd, _ database: PostgreSQLServer, _ moto: MotoServer, _ kubernetes: KubernetesServer)
        throws
    {
        self.slapd = slapd
        self.database = database
        self.moto = moto
        self.kubernetes = kubernetes
        folder = NSTemporaryDirectory() + "/tenure-clouds-\(UUID().uuidString)"
        secrets = [
            "SLAPD_PASSWORD": slapd.tenurePassword, "SHOP_DB_PASSWORD": Self.databasePassword,
            "AWS_KEYS": moto.key.shared,
        ]
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try FileManager.default.copyItem(
            atPath: TestSystems.packageDirectory + "/Examples/mountainlab", toPath: folder + "/mountainlab")
        try prepareDatabase()
        try prepareAccount()
        try prepareCluster()
        try write(targets, to: "mountainlab/targets.yaml")
        try edit("mountainlab/birthright.yaml") {
            $0.replacingOccurrences(of: "accounts: [corp]", with: "accounts: [corp, shop-db, cloud]")
        }
    }

    func stop() {
        slapd.stop()
        database.stop()
        moto.stop()
        kubernetes.stop()
        do {
            try FileManager.default.removeItem(atPath: folder)
        } catch {
            Stage.complain("\(folder) is left behind: \(error)")
        }
    }

    // MARK: Setting up

    private func prepareDatabase() throws {
        try database.sql("CREATE ROLE shop_owner NOLOGIN")
        try database.sql("CREATE DATABASE shop OWNER shop_owner")
        try database.sql(
            """
            SET ROLE shop_owner;
            CREATE SCHEMA shop;
            CREATE TABLE shop.orders (id BIGSERIAL PRIMARY KEY, item TEXT);
            CREATE TABLE shop.cards (id BIGINT PRIMARY KEY, number TEXT)
            """, in: "shop")
        for statement in try ConnectorReadme.block(of: "PostgreSQL", in: "sql").split(separator: "\n") {
            try database.sql(statement.replacingOccurrences(of: "change-me", with: Self.databasePassword), in: "shop")
        }
    }

    private func prepareAccount() throws {
        try moto.boto3(
            """
            document = {'Version': '2012-10-17', 'Statement': [{'Effect': 'Allow', 'Action': 's3:*', 'Resource': '*'}]}
            client('iam').create_policy(PolicyName='boundary', PolicyDocument=json.dumps(document))
            """)
    }

    private func prepareCluster() throws {
        let role = try ConnectorReadme.block(of: "Kubernetes", in: "yaml", holding: "kind: ClusterRole")
        let answer = try kubernetes.cluster.apply(
            KubernetesAdmin.rbac + "/clusterroles/tenure-connector", role, manager: "set-up")
        guard answer.status < 300 else { throw ToolFailure(description: "no ClusterRole: \(answer.body.compactText)") }
        try kubernetes.cluster.makeNamespace("tenure")
        for tenant in ["payments", "storefront", "catalog"] {
            for tier in ["sandbox", "live"] {
                try kubernetes.cluster.makeNamespace(
                    "\(tenant)-\(tier)",
                    labels: ["tenure.io/tenant": tenant, "tenure.io/tier": tier, "tenure.io/sector": "ecommerce"])
            }
        }
        let token = try kubernetes.cluster.makeConnector(
            named: "connector", in: "tenure", clusterRole: "tenure-connector")
        let path = "mountainlab/cluster.kubeconfig"
        try write(kubernetes.cluster.kubeconfig(user: ["token": .string(token)]), to: path)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: folder + "/" + path)
    }

    // MARK: Files

    func write(_ text: String, to name: String) throws {
        try Data(text.utf8).write(to: URL(filePath: folder + "/" + name))
    }

    func edit(_ name: String, _ change: (String) -> String) throws {
        let old = try String(contentsOfFile: folder + "/" + name, encoding: .utf8)
        let new = change(old)
        guard new != old else { throw ToolFailure(description: "the edit of \(name) changes nothing") }
        try write(new, to: name)
    }

    private var targets: String {
        """
        $schema: tenure/v1
        targets:
          - name: corp
            connector: ldap
            identity_provider: true
            critical: true
            settings:
              flavor: openldap
              url: "\(slapd.url)"
              ca_file: "\(slapd.caFile)"
              bind_dn: "\(slapd.tenureDN)"
              base_dn: "\(slapd.baseDN)"
              people_ou: "ou=people"
              groups_ou: "ou=groups"
            credential: env:SLAPD_PASSWORD
            limits: {requests_per_second: 1000}
          - name: shop-db
            connector: postgresql
            critical: true
            covers: {sector: ecommerce, tier: live}
            settings:
              host: 127.0.0.1
              port: \(database.port)
              database: shop
              user: tenure_access
              ca_file: "\(database.caFile)"
              classes:
                - {name: internal, schemas: [shop], owners: [shop_owner]}
                - {name: cards, tables: [shop.cards]}
              roles:
                reader: {internal: [SELECT]}
                contributor: {internal: [SELECT, INSERT, UPDATE, DELETE]}
                admin: {internal: [SELECT, INSERT, UPDATE, DELETE], cards: [SELECT]}
            credential: env:SHOP_DB_PASSWORD
            limits: {requests_per_second: 1000}
          - name: cluster
            connector: kubernetes
            covers: {sector: ecommerce}
            settings: {kubeconfig: cluster.kubeconfig}
            limits: {requests_per_second: 1000}
          - name: cloud
            connector: aws
            settings:
              region: eu-west-1
              endpoint: "\(moto.url)"
              instance_arn: "\(moto.instanceARN)"
              identity_store_id: "\(moto.identityStoreID)"
              permission_sets:
                reader: {managed_policies: ["arn:aws:iam::aws:policy/ReadOnlyAccess"], session_duration: 8h}
                contributor: {managed_policies: ["arn:aws:iam::aws:policy/PowerUserAccess"], session_duration: 4h}
                admin: {managed_policies: ["arn:aws:iam::aws:policy/AdministratorAccess"], session_duration: 2h}
              accounts:
                - {id: "111111111111", covers: {sector: ecommerce, tier: live}}
                - {id: "222222222222", covers: {sector: ecommerce, tier: sandbox}}
                - {id: "333333333333", covers: {sector: analytics}}
                - {id: "444444444444", covers: {sector: platform}}
                - {id: "555555555555", covers: {sector: security}}
            credential: env:AWS_KEYS
            limits: {requests_per_second: 1000}
          - name: operators
            connector: aws-iam
            covers: {sector: ecommerce, tier: live}
            settings:
              region: eu-west-1
              endpoint: "\(moto.url)"
              account: "\(MotoServer.account)"
              permissions_boundary: "arn:aws:iam::\(MotoServer.account):policy/boundary"
            credential: env:AWS_KEYS
            limits: {requests_per_second: 1000}
          - name: secrets
            connector: aws-secrets
            covers: {sector: ecommerce, tier: live}
            settings: {region: eu-west-1, endpoint: "\(moto.url)"}
            credential: env:AWS_KEYS
            limits: {requests_per_second: 1000}

        """
    }
}
