import AccessModel
import Definitions

extension Grant {
    /// Whether its person left, came back or took another post since it was asked for. What one was given in one place
    /// is not carried into another: whoever still needs it asks anew.
    func isVoid(for state: PersonState) -> Bool {
        guard let askedAt else { return false }
        return state.presenceSince > askedAt || (state.moves.last.map { $0.effective > askedAt } ?? false)
    }
}

extension Organization {
    /// Whether the platform's file lets a person break the glass for a group: who alone bears a listed address and
    /// has not left, for contributor and admin of a group that is there.
    public func mayBreakGlass(_ person: PersonID, _ group: Group, _ roster: Roster) -> Bool {
        guard group.role == .contributor || group.role == .admin, jitRule(for: group) != nil else { return false }
        return glassBreakers(roster).contains(person)
    }

    /// Those who may, as far as they are active; sorted.
    public func glassBreakers(_ roster: Roster) -> [PersonID] {
        let people = (platform.breakGlass?.people ?? []).compactMap { listed -> PersonID? in
            let bearers = roster.bearers(of: listed.email).filter { $0.presence != .left }
            guard let only = bearers.first, bearers.count == 1, only.isActive, only.person.kind != .service else {
                return nil
            }
            return only.person.id
        }
        return Set(people).sorted()
    }
}
