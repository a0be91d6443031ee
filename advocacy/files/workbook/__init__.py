"""Excel workbooks (.xlsx, ECMA-376), read row by row in little memory.

They come from strangers: what is unpacked, kept and parsed is bounded, and nothing in a workbook
can stop the process. Therefore no library with native code but expat parses them.
"""

from advocacy.files.workbook.cells import FormulaError, SheetRow, letters_of
from advocacy.files.workbook.workbook import Sheet, Workbook, open_workbook

__all__ = ["FormulaError", "Sheet", "SheetRow", "Workbook", "letters_of", "open_workbook"]
