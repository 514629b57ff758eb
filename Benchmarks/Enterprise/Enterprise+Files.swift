import Definitions
import Foundation

extension Enterprise {
    /// Every definition file.
    var files: [DefinitionFile] {
        [
            DefinitionFile(path: "platform.yaml", text: platform), DefinitionFile(path: "core-iam.yaml", text: core),
            DefinitionFile(path: "targets.yaml", text: targets),
            DefinitionFile(path: "birthright.yaml", text: birthright),
        ] + (0..<tenantCount).map { file(ofTenant: $0) }
    }

    func file(ofTenant tenant: Int) -> DefinitionFile { file(ofTenant: tenant, members: members(of: tenant)) }

    /// The first 4 are admins, the next 76 contributors, the rest readers.
    func file(ofTenant tenant: Int, members: [Int]) -> DefinitionFile {
        var text = "$schema: tenure/v1\nname: \(tenantName(tenant))\nsectors: [sector-\(tenant % 8)]\nmembers:\n"
        func list(_ name: String, _ numbers: ArraySlice<Int>) {
            text += "  \(name):\(numbers.isEmpty ? " []" : "")\n"
            for number in numbers { text += "    - \(address(number))\n" }
        }
        list("admins", members.prefix(4))
        list("contributors", members.dropFirst(4).prefix(76))
        list("readers", members.dropFirst(80))
        return DefinitionFile(path: "tenants/\(tenantName(tenant)).yaml", text: text)
    }

    /// The folder as a person would have it, with the people feed in `people.csv`.
    func write(to folder: URL) throws {
        let manager = FileManager.default
        try manager.createDirectory(at: folder.appending(path: "tenants"), withIntermediateDirectories: true)
        for file in files { try Data(file.bytes).write(to: folder.appending(path: file.path)) }
        var feed = "id,email,given_name,family_name,type,status,department,title,manager_id,location,"
        feed += "start_date,end_date,aliases\n"
        for number in 0..<size {
            feed += "\(person(number)),\(address(number)),\(given(number)),\(family(number)),employee,active,"
            feed += "\(department(number)),,,,2020-01-01,,\n"
        }
        feed += "#count,\(size)\n"
        try Data(feed.utf8).write(to: folder.appending(path: "people.csv"))
    }

    func given(_ number: Int) -> String { Self.givenNames[number % Self.givenNames.count] }
    func family(_ number: Int) -> String { Self.familyNames[number / 7 % Self.familyNames.count] }
    func department(_ number: Int) -> String { Self.departments[number % Self.departments.count] }

    private var platform: String {
        let sectors = (0..<8).map { "  - {name: sector-\($0)}" }.joined(separator: "\n")
        return """
            $schema: tenure/v1
            organization: mountainlab
            domains: [\(Self.domain)]
            sectors:
              - {name: platform, core: true}
            \(sectors)
            tiers:
              - {name: sandbox}
              - {name: live, live: true}
            guards: {max_removals_percent: 100, max_removals_people: 1000000, max_leavers_per_hour: 1000000}

            """
    }

    private var core: String {
        """
        identity_provider: corp
        sectors:
          - name: platform
            tiers:
              - name: live
                groups:
                  admins:
                    name: platform-live-admins
                    type: human
                    members: [\(address(0)), \(address(1)), \(address(2))]

        """
    }

    private var targets: String {
        "targets:\n  - {name: corp, connector: directory, identity_provider: true, critical: true, "
            + "settings: {path: corp.directory}}\n"
    }

    private var birthright: String {
        "rules:\n  - {name: everyone has a corporate account, match: {}, accounts: [corp]}\n"
    }
}
