import AccessModel

/// How each flavour locks an account and opens it again.
struct AccountState {
    private let layout: DirectoryLayout

    init(_ layout: DirectoryLayout) { self.layout = layout }

    /// The steps from what was seen to what is wanted; they fail if somebody else was faster.
    func change(of entry: PersonEntry, to state: Account.State) -> [Modification] {
        guard entry.account.state != state else { return [] }
        switch (layout.flavor, state) {
        case (.openLDAP, .disabled):
            return [.set(layout.stateAttribute, PersonEntry.lockedForGood)]
        case (.openLDAP, .active):
            return [Modification(.delete, layout.stateAttribute, [PersonEntry.lockedForGood])]
        case (.activeDirectory, _):
            guard let seen = PersonEntry.userAccountControl(entry.attributes) else {
                return [.set(layout.stateAttribute, initial(state))]
            }
            let bit = PersonEntry.accountDisabled
            let wanted = state == .disabled ? seen | bit : seen & ~bit
            return [
                Modification(.delete, layout.stateAttribute, ["\(seen)"]),
                Modification(.add, layout.stateAttribute, ["\(wanted)"]),
            ]
        }
    }

    /// What a new account bears; nil for nothing.
    func initial(_ state: Account.State) -> String? {
        switch layout.flavor {
        case .openLDAP: state == .disabled ? PersonEntry.lockedForGood : nil
        case .activeDirectory:
            "\(PersonEntry.normalAccount | (state == .disabled ? PersonEntry.accountDisabled : 0))"
        }
    }
}
