"""US legal citations as lawyers write them, in the styles of Chicago and of the Bluebook.

The styles of Chicago follow the Bluebook for cases, statutes, and bills, but for three things that
CSL has no better way for, or that they get wrong. So their XML is changed where it is read:

- The place stands before the year (Bluebook, rules 3.2, 10.5, 13.2): `913 F.3d 898, 905 (9th Cir.
  2019)`, `S. 3779, 119th Cong. § 2 (2026)`.
- The number of a public law is one number (rule 12.4): `Pub. L. No. 101-336`.
- A case that was cited before keeps its reporter (rule 10.9): `913 F.3d at 906`.

The Bluebook's own styles have these right for cases. They add “of 1990” to the name of each
statute, leave out the page of a public law, and know no bills: rules 12.3 to 12.5, 13.2, 14.2 and,
for those cited before, 12.10 and 13.8, are put in. `bluebook-inline` and the variant with abstracts
are older texts of that style, in which statutes and bills lose their numbers; they get its text.
"""

import re

_OWN = 'type="bill legal_case legislation regulation"'
_PAGE = '<if locator="page"><text variable="locator"/></if>'
_PAGE_BEFORE = f'<choose><if {_OWN} match="any"><choose>{_PAGE}</choose></if></choose>'
_SECTION_BEFORE = (
    f'<choose><if {_OWN} match="any"><choose><if locator="page"/>'
    '<else><text macro="label-locator"/></else></choose></if></choose>'
)
_NUMBER = '<text term="number" form="short" text-case="capitalize-first"/><text variable="number"/>'
_SHORT_CASE = (
    '<choose><if type="legal_case" variable="container-title volume" match="all">'
    '<group delimiter=", "><text variable="title" form="short"/><group delimiter=" ">'
    '<text variable="volume"/><text variable="container-title"/><choose><if variable="locator">'
    '<choose><if locator="page"><text term="at"/><text variable="locator"/></if>'
    '<else><text variable="page-first"/><text macro="label-locator"/></else></choose></if>'
    '<else><text variable="page-first"/></else></choose></group></group></if>'
)
_CHICAGO = (
    (
        (
            r'(<group delimiter=", ">\s*<text macro="legal-title"/>\s*<text macro="legal-source"/>)'
            r'(\s*</group>)(\s*<text macro="legal-date"/>)'
        ),
        rf"\1{_PAGE_BEFORE}\2{_SECTION_BEFORE}\3",
    ),
    (
        (
            r'(<group delimiter=" ">\s*<!-- locator for use in notes -->.*?'
            r'<text macro="label-locator"/>\s*</group>)'
        ),
        rf'<choose><if {_OWN} match="none">\1</if></choose>',
    ),
    (
        (
            r'(<text form="short" term="legislation" text-case="capitalize-first"/>\s*</else>\s*'
            r'</choose>\s*)<text macro="label-number-capitalized"/>'
        ),
        rf"\1{_NUMBER}",
    ),
    (
        r'(<macro name="citation-notes-shortened-author-title">)(.*?)(</macro>)',
        rf"\1{_SHORT_CASE}<else>\2</else></choose>\3",
    ),
)
_LAWS = 'type="bill legislation regulation" match="any"'
_LAW_NUMBER = (
    '<choose><if type="bill"><group delimiter=", "><text variable="number"/>'
    '<text variable="chapter-number"/></group></if><else-if is-numeric="number">'
    '<group delimiter=" "><text value="Pub. L. No."/><text variable="number"/></group></else-if>'
    '<else><text variable="number"/></else></choose>'
)
_CODE = (
    '<group delimiter=" "><text variable="volume"/><text variable="container-title"/>'
    '<choose><if variable="section"><group delimiter=" "><text value="§"/>'
    '<text variable="section"/></group></if><else><text variable="page-first"/></else></choose>'
    "</group>"
)
_OTHER_LOCATOR = (
    '<choose><if locator="page"/><else><group delimiter=" ">'
    '<label variable="locator" form="symbol"/><text variable="locator"/></group></else></choose>'
)
_BLUEBOOK = (
    (
        (
            r'<else-if type="legislation">(?:(?!</?else-if).)*'
            r'<text macro="issuance" prefix=" of "/>.*?</else-if>'
        ),
        (
            f'<else-if {_LAWS}><group delimiter=" "><group delimiter=", ">'
            f'<text variable="title" text-case="title"/>{_LAW_NUMBER}{_CODE}'
            f"<choose>{_PAGE}</choose></group>{_OTHER_LOCATOR}"
            '<text macro="issuance" prefix="(" suffix=")"/></group></else-if>'
        ),
    ),
    (
        (
            r'(<!-- subsequent legal citations do not use supra -->.*?)<else-if type="legislation">'
            r".*?</else-if>"
        ),
        (
            rf'\1<else-if {_LAWS}><group delimiter=" "><choose><if variable="section">{_CODE}</if>'
            '<else-if locator="page"><text variable="volume"/><text variable="container-title"/>'
            '<text macro="at_page"/></else-if>'
            f'<else><group delimiter=", ">{_LAW_NUMBER}{_CODE}</group></else></choose>'
            f"{_OTHER_LOCATOR}</group></else-if>"
        ),
    ),
    (
        r'(<macro name="at_page">\s*)(<group.*?</group>)(\s*</macro>)',
        rf'\1<choose><if locator="page">\2</if><else>{_OTHER_LOCATOR}</else></choose>\3',
    ),
)


_LAW_REVIEW, _INLINE = "bluebook-law-review", "bluebook-inline"
BLUEBOOK_OF_TODAY = {_INLINE: _LAW_REVIEW, "bluebook-law-review-with-abstract": _LAW_REVIEW}
"""Styles whose own text is out of date, and the one of which their text is made."""
_IN_TEXT = (
    (r'(<style\b[^>]*) class="note"', r'\1 class="in-text"'),
    (r'(<citation\b[^>]*>\s*<layout) suffix="\."', r"\1"),
    (
        (
            r'<text value="note"/>\s*<text variable="first-reference-note-number"/>\s*'
            r'(<text macro="at_page"/>)\s*</group>'
        ),
        r"</group>\1",
    ),
)


def as_variant(name: str, xml: str) -> str:
    """The XML of `bluebook-law-review` as the style of that name has it: inline without notes."""
    for found, put in _IN_TEXT if name == _INLINE else ():
        xml = re.sub(found, put, xml, count=1)
    return xml


def with_legal_forms(xml: str) -> str:
    """The XML of a style of Chicago or the Bluebook with the forms of lawyers; of another as it is.

    A style that has not all the passages that are changed is left alone, too.
    """
    for changes in (_CHICAGO, _BLUEBOOK):
        changed = xml
        for found, put in changes:
            changed, count = re.subn(found, put, changed, count=1, flags=re.DOTALL)
            if not count:
                break
        else:
            return changed
    return xml
