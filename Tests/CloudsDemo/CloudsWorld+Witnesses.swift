import Foundation
import StrictJSON
import TestSupport

/// What the systems' own clients say, and what hands do behind Tenure's back.
extension CloudsWorld {
    // MARK: People

    func isMember(_ person: String, _ group: String, _ witness: Stage.Witness) throws -> Bool {
        switch witness {
        case .ldap: try slapd.search("(cn=\(group))", ["member"]).contains("uid=\(person),")
        case .psql:
            try database.sql(
                """
                SELECT count(*) FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid JOIN pg_roles u ON u.oid = m.member
                WHERE g.rolname = '\(group)' AND shobj_description(u.oid, 'pg_authid') LIKE 'tenure:mountainlab account \(person)%'
                """) == "1"
        case .boto3:
            try moto.boto3(
                """
                c, (store, name, group) = client('identitystore'), arguments
                ids = {g['DisplayName']: g['GroupId'] for g in c.list_groups(IdentityStoreId=store)['Groups']}
                users = {u['UserId']: u['UserName'] for u in c.list_users(IdentityStoreId=store)['Users']}
                members = c.list_group_memberships(IdentityStoreId=store, GroupId=ids[group])['GroupMemberships']
                result = name in [users[m['MemberId']['UserId']] for m in members]
                """, [moto.identityStoreID, person, group]) == true
        case .botocore, .kubernetes: false
        }
    }

    func hasAccount(_ person: String, _ witness: Stage.Witness) throws -> Bool {
        switch witness {
        case .ldap: try slapd.search("(uid=\(person))", ["uid"]).contains("uid: \(person)")
        case .psql:
            try database.sql(
                "SELECT count(*) FROM pg_roles WHERE shobj_description(oid, 'pg_authid') LIKE 'tenure:mountainlab account \(person)%'"
            ) == "1"
        case .boto3:
            try moto.boto3(
                """
                users = client('identitystore').list_users(IdentityStoreId=arguments[0])['Users']
                result = arguments[1] in [u['UserName'] for u in users]
                """, [moto.identityStoreID, person]) == true
        case .botocore, .kubernetes: false
        }
    }

    func isShut(_ person: String, _ witness: Stage.Witness) throws -> Bool {
        switch witness {
        case .ldap: try slapd.search("(uid=\(person))").contains("pwdAccountLockedTime: 000001010000Z")
        case .psql:
            try database.sql(
                """
                SELECT rolcanlogin FROM pg_roles
                WHERE shobj_description(oid, 'pg_authid') LIKE 'tenure:mountainlab account \(person)%'
                """) == "f"
        case .boto3, .botocore, .kubernetes: false
        }
    }

    // MARK: The database

    /// Signs in with psql as somebody, and stays.
    func openSession(of name: String) throws -> PostgreSQLClient {
        let password = "password-of-a-person"
        try database.sql("ALTER ROLE \"\(name)\" PASSWORD '\(password)'")
        let client = try PostgreSQLClient(
            port: database.port, database: "shop", user: name, password: password, statements: ["SELECT pg_sleep(600)"])
        let deadline = Date().addingTimeInterval(30)
        while try sessions(of: name) == 0, client.isRunning, Date() < deadline { usleep(20_000) }
        return client
    }

    func sessions(of name: String) throws -> Int {
        Int(try database.sql("SELECT count(*) FROM pg_stat_activity WHERE usename = '\(name)'")) ?? -1
    }

    // MARK: AWS

    func trustedSubjects(_ role: String) throws -> [String] {
        try moto.boto3(
            """
            role = client('iam').get_role(RoleName=arguments[0])['Role']
            result = [s['Condition']['StringEquals']['token.actions.githubusercontent.com:sub']
                      for s in role['AssumeRolePolicyDocument']['Statement']]
            """, [role]
        ).array?.compactMap(\.string) ?? []
    }

    struct SecretValues {
        let current: String?
        let previous: String?
    }

    /// Of a workload; nil what cannot be read.
    func secret(_ workload: String) throws -> SecretValues {
        let found = try moto.boto3(
            """
            c = client('secretsmanager')
            def value(stage):
                try: return c.get_secret_value(SecretId='tenure/mountainlab/' + arguments[0], VersionStage=stage)['SecretString']
                except Exception: return None
            result = [value('AWSCURRENT'), value('AWSPREVIOUS')]
            """, [workload]
        ).array
        return SecretValues(current: found?.first?.string, previous: found?.last?.string)
    }

    /// An access key of a standing user, and a shared secret that the person knows.
    ///
    /// - Returns: The key's id.
    func giveKeyAndSecret(to person: String) throws -> String {
        let key = try moto.boto3(
            """
            iam = client('iam')
            iam.create_user(UserName='ana', Tags=[{'Key': 'tenure:identity', 'Value': arguments[0]}])
            client('secretsmanager').create_secret(Name='payments/stripe', SecretString='what she knows',
                Tags=[{'Key': 'tenure:owner', 'Value': arguments[0]}])
            result = iam.create_access_key(UserName='ana')['AccessKey']['AccessKeyId']
            """, [person])
        return key.string ?? ""
    }

    func keyStatus(_ key: String) throws -> String? {
        try moto.boto3(
            """
            keys = client('iam').list_access_keys(UserName='ana')['AccessKeyMetadata']
            result = [k['Status'] for k in keys if k['AccessKeyId'] == arguments[0]][0]
            """, [key]
        ).string
    }

    /// Whether one version is left that anybody can read, and it is another.
    func isRotatedAway(_ name: String) throws -> Bool {
        let found = try moto.boto3(
            """
            c = client('secretsmanager')
            stages = c.describe_secret(SecretId=arguments[0])['VersionIdsToStages']
            result = [[s for s in stages.values() if s],
                      c.get_secret_value(SecretId=arguments[0], VersionStage='AWSCURRENT')['SecretString'] != 'what she knows']
            """, [name])
        return found == [[["AWSCURRENT"]], true]
    }

    // MARK: The cluster

    func mayIn(
        _ namespace: String, _ verb: String, _ resource: String, _ member: String, expecting expected: Bool = true
    ) throws -> Bool {
        try kubernetes.cluster.allows(
            verb, resource, group: resource == "deployments" ? "apps" : "", in: namespace, member: member,
            expecting: expected)
    }

    private static let runner = "sandbox-runner"

    func runnerMayWrite(expecting expected: Bool) throws -> Bool {
        try mayIn("payments-live", "create", "deployments", Self.runner, expecting: expected)
    }

    /// An entry in the directory, and a subject in the cluster's binding, as a person would add them.
    func putRunnerIn() throws {
        let base = slapd.baseDN
        try slapd.add(
            """
            dn: uid=\(Self.runner),ou=people,\(base)
            objectClass: inetOrgPerson
            uid: \(Self.runner)
            cn: \(Self.runner)
            sn: runner
            mail: \(Self.runner)@mountainlab.io

            """)
        let group = try slapd.search("(cn=payments-live-contributors)", ["dn"]).split(separator: "\n").first ?? ""
        try slapd.modify(
            """
            \(group)
            changetype: modify
            add: member
            member: uid=\(Self.runner),ou=people,\(base)

            """)
        let name = "tenure:payments-live-contributors:contributor:ecommerce.live.-.payments"
        guard let binding = try kubernetes.cluster.binding(name, in: "payments-live") else {
            throw ToolFailure(description: "there is no binding `\(name)`")
        }
        let subjects = (binding["subjects"]?.array ?? []) + [KubernetesAdmin.subject("Group/\(Self.runner)")]
        try kubernetes.cluster.patchBinding(name, in: "payments-live", ["subjects": .array(subjects)])
    }

    func isStrangerIn(_ group: String, _ witness: Stage.Witness) throws -> Bool {
        try isMember(Self.runner, group, witness)
    }
}
