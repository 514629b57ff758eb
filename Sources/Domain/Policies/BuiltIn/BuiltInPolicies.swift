import AccessModel
import Definitions

/// The rules that hold in every organisation, written as any other: see docs/reference/policy.md.
enum BuiltInPolicies {
    /// Where they seem to be written.
    static let file = "built-in"

    static let text = """
        policies:
          - name: no-standing-live-write
            description: nobody writes in a live tier without a window
            on: [change]
            when: >-
              change.kind == "membership" && group.role == "contributor" && group.live && change.standing
              && change.operation != "remove"
            deny: nobody writes in a live tier without a window
          - name: admin-never-standing
            description: admin is held for the length of a window
            on: [change]
            when: >-
              change.kind == "membership" && group.role == "admin" && change.standing && change.operation != "remove"
            deny: admin is held for the length of a window, never standing
          - name: no-human-operator
            description: operator groups hold workloads
            on: [change, request, break-glass]
            when: >-
              group.role == "operator" && subject.kind in ["person", "foreign"] && change.operation != "remove"
              && change.kind in ["membership", "eligibility", ""]
            deny: operator groups hold workloads, never a person
          - name: no-self-approval
            description: nobody approves what they asked for, or what is for them
            on: [approval]
            when: approver.id == requester.id || approver.id == subject.id
            deny: nobody approves their own request
          - name: role-ceilings
            description: nobody grants above what they may, and no window is longer than the platform allows
            on: [request, break-glass, approval]
            when: request.duration > platform.max_window || (approver.id != "" && !approver.eligible)
            deny: >-
              nobody grants above what they may themselves, and no window is longer than {platform.max_window}
          - name: separation-of-duties
            description: groups that platform.yaml keeps apart are never held together
            on: [change, request]
            when: size(platform.conflicts) > 0 && change.operation != "remove"
            deny: "separation of duties ({platform.conflicts}): {subject.email} holds what goes ill with {group.slug}"
          - name: mass-removal
            description: more removals at once than the guards allow wait for a second person
            on: [change]
            when: change.held
            hold: "held for a second person: more removals at once than the guards allow"
          - name: last-admin
            description: a group is not left without anybody who may be its admin, unless the last one leaves
            on: [change]
            when: change.last_admin
            hold: "held for a second person: nobody would be left who may be admin of {group.tenant} in {group.tier}"
        """

    static let definitions: [PolicyDefinition] = reading.policies
    static let reading = DefinitionReader.readPolicies(DefinitionFile(path: file, text: text))
}
