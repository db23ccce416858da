extension Int {
    /// `1 flow`, `2 flows`, `0 flows`.
    func of(_ one: String, _ many: String? = nil) -> String { "\(self) \(self == 1 ? one : many ?? one + "s")" }
}
