/// The files of a small organisation: five people, one tenant, one target that everybody has an account in.
enum ExampleOrganization {
    /// - Parameter target: Connector and settings of the target `corp`.
    static func files(target: String) -> [String: String] {
        [
            "people.csv": people,
            "organization/platform.yaml": platform,
            "organization/core-iam.yaml": "identity_provider: corp\n",
            "organization/birthright.yaml": birthright,
            "organization/tenants/payments.yaml": tenant(
                "payments", admins: "marta", contributors: "javi", readers: "ana, rafa"),
            // One call at a time, so that there is a step between any two changes.
            "organization/targets.yaml": """
            targets:
              - name: corp
                identity_provider: true
                critical: true
                limits: {requests_per_second: 10000, concurrency: 1}
                \(target)

            """,
        ]
    }

    /// - Parameters:
    ///   - admins: Names before the `@`, with commas between them.
    static func tenant(_ name: String, admins: String, contributors: String, readers: String) -> String {
        func addresses(_ names: String) -> String {
            names.split(separator: ",").map { "\($0.trimmingPrefix(" "))@mountainlab.io" }.joined(separator: ", ")
        }
        return """
            name: \(name)
            sectors: [ecommerce]
            members:
              admins: [\(addresses(admins))]
              contributors: [\(addresses(contributors))]
              readers: [\(addresses(readers))]

            """
    }

    /// A CloudEvent of HR's, of id `story-KIND`.
    static func event(_ kind: String, _ person: String, _ data: String) -> String {
        """
        {"specversion": "1.0", "id": "story-\(kind)", "source": "hr/crash-test", "type": "io.tenure.identity.\(kind)",
         "time": "2026-11-21T09:00:00Z", "subject": "\(person)", "data": {"person": {\(data)}}}
        """
    }

    private static let platform = """
        organization: mountainlab
        domains: [mountainlab.io]
        sectors:
          - {name: ecommerce, tiers: [live]}
        tiers:
          - {name: live, live: true}
        regions:
          - {name: eu01}
        naming: {group: "{tenant}-{tier}-{roles}"}
        guards: {max_removals_percent: 50}
        timezone: UTC

        """

    private static let birthright = """
        rules:
          - {name: account, match: {}, accounts: [corp]}
          - {name: everyone, match: {}, groups: [{target: corp, name: everyone}]}
          - {name: engineering, match: {department: Engineering}, groups: [{target: corp, name: engineering}]}
          - {name: data, match: {department: Data}, groups: [{target: corp, name: data}]}

        """

    private static let people = """
        id,email,given_name,family_name,type,status,department,title,manager_id,location,start_date,end_date,aliases
        e-0001,marta@mountainlab.io,Marta,Ruiz,employee,active,Engineering,Lead,,Madrid,2021-03-01,,
        e-0002,javi@mountainlab.io,Javi,Ortega,employee,active,Engineering,Engineer,e-0001,Madrid,2021-11-01,,
        e-0003,ana@mountainlab.io,Ana,Vega,employee,active,Engineering,Engineer,e-0001,Madrid,2022-04-01,,
        e-0004,hugo@mountainlab.io,Hugo,Klein,employee,active,Engineering,Engineer,e-0001,Berlin,2024-08-01,,
        c-0001,rafa@mountainlab.io,Rafa,Costa,contractor,active,Engineering,Engineer,e-0001,Lisbon,2026-01-15,2026-12-15,
        #count,5,2026-11-21T06:00:00Z

        """
}
