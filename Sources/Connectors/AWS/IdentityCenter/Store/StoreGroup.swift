import StrictJSON

/// A group of the identity store.
struct StoreGroup: Hashable, Sendable {
    let id: String
    let name: String
    let description: String

    /// Nil for a group without an id or a name.
    init?(_ json: JSONValue) {
        guard let id = json["GroupId"]?.string, let name = json["DisplayName"]?.string else { return nil }
        self.id = id
        self.name = name
        description = json["Description"]?.string ?? ""
    }
}

/// That a user is in a group.
struct StoreMembership: Hashable, Sendable {
    let id: String
    let group: String
    let user: String

    init?(_ json: JSONValue) {
        guard let id = json["MembershipId"]?.string, let group = json["GroupId"]?.string,
            let user = json["MemberId"]?["UserId"]?.string
        else { return nil }
        self.id = id
        self.group = group
        self.user = user
    }
}
