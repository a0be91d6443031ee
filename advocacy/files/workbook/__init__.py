"""Excel workbooks (.xlsx, ECMA-376), read row by row in little memory.

They come from strangers: what is unpacked, kept and parsed is bounded, and nothing in a workbook
can stop the process. Therefore no library with native code but expat parses them.
"""

from advocacy.files.workbook.rows import FormulaError, Row
from advocacy.files.workbook.workbook import Sheet, Workbook, open_workbook

__all__ = ["FormulaError", "Row", "Sheet", "Workbook", "open_workbook"]
