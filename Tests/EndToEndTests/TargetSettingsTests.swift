import StrictJSON
import Testing

/// What is wrong with a target's settings is said before anything is reached.
@Suite struct TargetSettingsTests {
    private func errors(_ targets: String, status: Int32) async throws -> [String] {
        let office = try Rehearsal()
        try office.edit("mountainlab/targets.yaml") { $0 + targets }
        let found = try #require(try await office.json("validate", "mountainlab", status: status).array)
        return found.filter { $0["severity"]?.string == "error" }.map { error in
            let place = [error["line"], error["column"]].compactMap { $0?.integer }.map(String.init)
            let (code, message) = (error["code"]?.string ?? "", error["message"]?.string ?? "")
            return "\(error["file"]?.string ?? ""):\(place.joined(separator: ":")) \(code) \(message)"
        }
    }

    @Test func everythingIsSaidAtOnceWithItsPlace() async throws {
        let said = try await errors(
            """
              - name: legacy
                connector: ldap
                covers: {sector: analytics}
                settings:
                  url: ldap://ldap.mountainlab.io:389
                  base_dm: dc=mountainlab,dc=io
                  starttls: perhaps
                  page_size: 100000
                  colour: blue
              - name: cloud
                connector: scim
                covers: {sector: analytics}
                settings: {url: "http://scim.mountainlab.io", timeout: soon}
                credential: env:CLOUD_TOKEN

            """, status: 1)
        #expect(
            said == [
                "targets.yaml:14:11 missing-credential target `legacy`: the target needs a `credential`: the password of `bind_dn`, as `env:NAME` or `file:PATH`",
                "targets.yaml:18:7 missing-setting target `legacy`: the setting `bind_dn` is missing; write it as `bind_dn: cn=tenure,dc=example,dc=org`",
                "targets.yaml:19:7 unknown-setting target `legacy`: the setting `base_dm` is not known; did you mean `base_dn`?",
                "targets.yaml:20:17 bad-setting target `legacy`: the setting `starttls` is a string; it must be true or false",
                "targets.yaml:21:18 bad-setting target `legacy`: the setting `page_size` must be from 1 to 1000",
                "targets.yaml:22:7 unknown-setting target `legacy`: the setting `colour` is not known; there are `url`, `base_dn`, `bind_dn`, `starttls`, `ca_file`, `network_timeout`, `operation_timeout`, `flavor`, `people_ou`, `groups_ou`, `disabled_ou`, `id_attribute`, `login_attribute`, `placeholder_member`, `page_size`, `connections`",
                "targets.yaml:26:21 bad-setting target `cloud`: the setting `url` is not usable: plain `http` would show the credential to the network; use `https://`",
                "targets.yaml:26:60 bad-setting target `cloud`: the setting `timeout` is a string; it must be a duration such as `30s` or `5m`",
            ], "\(said.joined(separator: "\n"))")
    }

    /// Neither the servers nor the credentials are there.
    @Test func nothingIsReachedAndNoCredentialLookedUp() async throws {
        let said = try await errors(
            """
              - name: legacy
                connector: ldap
                covers: {sector: analytics}
                settings: {url: "ldaps://ldap.invalid", base_dn: "dc=mountainlab,dc=io", bind_dn: "cn=admin"}
                credential: env:NO_SUCH_PASSWORD
              - name: cloud
                connector: scim
                covers: {sector: analytics}
                settings: {url: "https://scim.invalid/v2"}
                credential: file:/no/such/token

            """, status: 0)
        #expect(said.isEmpty)
    }
}
