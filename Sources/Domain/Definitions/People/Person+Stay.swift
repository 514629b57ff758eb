import AccessModel

extension Person {
    /// The last day that the organisation allows to somebody of this kind, counted from the first; nil where it has no
    /// word on it, or HR named no first day.
    public func lastAllowedDay(_ maximumStay: [Person.Kind: Int]) -> CalendarDay? {
        guard let days = maximumStay[kind], let start = startDate else { return nil }
        return CalendarDay(daysSinceEpoch: start.daysSinceEpoch + days - 1)
    }
}
