import Foundation
import StrictJSON

/// The organisation that `tenure init` writes: small, complete, and ready to plan with nothing installed.
public enum StarterOrganization {
    /// Writes it into a folder that is empty or not there. Returns the paths that were written.
    public static func write(to directory: String) throws -> [String] {
        let manager = FileManager.default
        let isThere = manager.fileExists(atPath: directory)
        let existing = isThere ? try manager.contentsOfDirectory(atPath: directory) : []
        guard existing.isEmpty else {
            throw InstallationError(
                code: .usage, operation: "init", message: "`\(directory)` is not empty; name a new folder")
        }
        for file in files {
            let url = URL(filePath: directory).appending(path: file.path)
            do {
                try manager.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
                try Data(file.text.utf8).write(to: url, options: .withoutOverwriting)
            } catch {
                throw InstallationError(code: .file, operation: "write `\(url.path)`", message: "it cannot be written")
            }
        }
        return files.map { directory + "/" + $0.path }
    }

    public static func json(_ paths: [String]) -> JSONValue { ["written": .array(paths.map(JSONValue.string))] }

    private struct File {
        let path: String
        let text: String
    }

    private static let files = [
        File(path: "platform.yaml", text: platform), File(path: "core-iam.yaml", text: core),
        File(path: "targets.yaml", text: targets), File(path: "birthright.yaml", text: birthright),
        File(path: "tenants/shop.yaml", text: tenant), File(path: "policies/shop.yaml", text: policies),
        File(path: "policies/shop.cases.yaml", text: policyCases), File(path: "hr/people.csv", text: people),
        File(path: "hr/leaver.json", text: leaver), File(path: ".gitignore", text: "*.directory*\n.tenure/\n"),
    ]

    private static let platform = """
        $schema: tenure/v1
        organization: acme
        domains: [acme.example]
        sectors:
          - {name: platform, core: true}
          - {name: commerce}
        tiers:
          - {name: sandbox}
          - {name: live, live: true}        # no standing write; a reason always
        regions:
          - {name: eu01}
        timezone: UTC

        """

    private static let core = """
        $schema: tenure/v1
        identity_provider: corp
        jit_tool: tenure
        sectors:
          - name: platform
            tiers:
              - name: live
                groups:
                  admins:  {name: platform-live-admins, type: human, members: [grace@acme.example, barbara@acme.example]}
                  readers: {name: platform-live-readers, type: human, standing: true, members: [alan@acme.example]}
              - name: sandbox
                groups:
                  admins:  {name: platform-sandbox-admins, type: human, members: [grace@acme.example, barbara@acme.example]}
        cross_sector_reads:
          - {group: platform-live-readers, target_sector: commerce, target_tier: live, reason: reads metrics and logs}

        """

    private static let targets = """
        $schema: tenure/v1
        targets:
          - name: corp
            connector: directory              # a small directory in a file beside this one
            identity_provider: true
            critical: true
            settings: {path: corp.directory}
            limits: {requests_per_second: 500, concurrency: 16}

        """

    private static let birthright = """
        $schema: tenure/v1
        rules:
          - name: everyone has a corporate account
            match: {}
            accounts: [corp]
          - name: engineering list
            match: {department: Engineering}
            groups: [{target: corp, name: engineering}]

        """

    private static let tenant = """
        $schema: tenure/v1
        name: shop
        sectors: [commerce]
        members:                              # individuals, each in one list
          admins: [alan@acme.example]
          contributors: [ada@acme.example]
          readers: [edsger@acme.example]
        standing:
          sandbox: [contributor]
        workload_identity:
          live:
            issuer: https://token.actions.githubusercontent.com
            subject: repo:acme/shop:environment:live
            audience: tenure

        """

    private static let policies = """
        $schema: tenure/v1
        policies:
          - name: externals-only-look
            on: [request, break-glass]
            when: subject.type == "external"
            deny: "{subject.email} is external; externals read and no more"
          - name: live-needs-a-ticket
            on: [request]
            mode: observe                     # decides and is recorded, and does not block; then: enforce
            when: group.live
            require_justification: {pattern: "[A-Z]+-[0-9]+", message: "name a ticket, such as SHOP-12"}

        """

    private static let policyCases = """
        $schema: tenure/v1
        cases:                                # `tenure policy test` decides them
          - name: an external asks for a window
            on: request
            given: {group: shop/live/contributor, subject: {type: external}}
            expect: {verdict: denied, by: [externals-only-look]}
          - name: a window without a ticket is only watched
            on: request
            given: {group: shop/live/admin, request: {reason: because, duration: 1h}}
            expect: {verdict: allowed, observed: [live-needs-a-ticket]}

        """

    private static let people = """
        id,email,given_name,family_name,type,status,department,title,manager_id,location,start_date,end_date,aliases
        e-0001,grace@acme.example,Grace,Hopper,employee,active,Engineering,Platform Lead,,Arlington,2021-03-01,,
        e-0002,alan@acme.example,Alan,Turing,employee,active,Engineering,Engineer,e-0001,London,2021-03-01,,
        e-0003,ada@acme.example,Ada,Lovelace,employee,active,Engineering,Engineer,e-0002,London,2022-01-10,,
        e-0004,edsger@acme.example,Edsger,Dijkstra,employee,active,Research,Analyst,e-0001,Nuenen,2022-01-10,,
        e-0005,barbara@acme.example,Barbara,Liskov,employee,active,Engineering,Platform Engineer,e-0001,Boston,2022-01-10,,
        #count,5,2026-11-01T06:00:00Z

        """

    private static let leaver = """
        {
          "specversion": "1.0", "id": "hr-1", "source": "hr/example", "type": "io.tenure.identity.left",
          "time": "2026-11-02T09:00:00Z", "subject": "e-0003", "data": {"person": {"status": "left"}}
        }

        """
}
