#by hand
@problemName x
@timeStamps false
@missing false
@univariate false
@dimensions 2
@equalLength true
@seriesLength 5
@classLabel true short long
@data
1,2,3.5,-4,5e-1:830.03,719.6,846.5,987,879.5:long
0,0,0,0,0:-1,2,-3,4,1e300:short
